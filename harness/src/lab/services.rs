//! The services of a lab's nodes: what each was last told, and what it is told next.

use std::collections::BTreeMap;

use super::{Lab, LabError};
use crate::{
    agent::protocol::{Output, Request, ServiceOrder},
    node::Node,
    scenario::{Listen, Service, ServiceChange, ServiceState},
};

/// The service that a node runs where nothing names another one.
const DEFAULT_PROGRAM: &str = "go-http";

/// The port of a lab whose scenario has no service.
const DEFAULT_PORT: u16 = 8080;

/// What each service was last told, by its node and its name; the node's own has an empty one.
pub(super) type Services = BTreeMap<(Node, String), Service>;

impl Lab {
    /// Starts a node's own service.
    ///
    /// # Errors
    /// What the service says.
    pub async fn start_service(&self, node: Node, service: &Service) -> Result<(), LabError> {
        self.start(node, "", service.clone()).await?;
        Ok(self.vm.settle().await?)
    }

    /// The port of the service under test.
    pub async fn port(&self) -> u16 {
        let services = self.services.lock().await;
        let own = services.get(&(Node::Wsl, String::new()));
        own.map_or(DEFAULT_PORT, |service| service.listen.port)
    }

    /// Does what a step says of a service; `exit` is how one that ends must end.
    pub(super) async fn change_service(
        &self,
        node: Node,
        change: &ServiceChange,
        exit: i32,
    ) -> Result<(), LabError> {
        let name = change.name.as_deref().unwrap_or_default();
        match change.state {
            ServiceState::Stop => self.stop(node, name).await,
            ServiceState::Restart => {
                let service = self.changed(node, name, change).await;
                self.start(node, name, service).await
            }
            ServiceState::Ends => {
                let service = self.changed(node, name, change).await;
                let order = self.order(node, name, &service)?;
                let line = order.argv.join(" ");
                let output = self.see_end(node, order).await?;
                if output.exit == exit {
                    return Ok(());
                }
                Err(LabError::Exit { node, line, expected: exit, output })
            }
        }
    }

    /// The service as it was, with the change.
    async fn changed(&self, node: Node, name: &str, change: &ServiceChange) -> Service {
        let services = self.services.lock().await;
        let before = services.get(&(node, name.to_owned()));
        let program = change.program.clone().or(before.map(|service| service.program.clone()));
        let listen = change.listen.clone().or(before.map(|service| service.listen.clone()));
        let args = change.args.clone().or(before.map(|service| service.args.clone()));
        let user = change.user.or(before.map(|service| service.user));
        Service {
            program: program.unwrap_or_else(|| DEFAULT_PROGRAM.to_owned()),
            listen: listen.unwrap_or(Listen {
                network: "tcp".into(),
                host: String::new(),
                port: DEFAULT_PORT,
            }),
            args: args.unwrap_or_default(),
            user: user.unwrap_or_default(),
        }
    }

    fn order(&self, node: Node, name: &str, service: &Service) -> Result<ServiceOrder, LabError> {
        let order = self.stock.order(node, service, &self.token)?;
        Ok(ServiceOrder { name: name.to_owned(), ..order })
    }

    async fn start(&self, node: Node, name: &str, service: Service) -> Result<(), LabError> {
        let order = self.order(node, name, &service)?;
        self.services.lock().await.insert((node, name.to_owned()), service);
        if node == Node::Wsl {
            return Ok(self.vm.start_service(order).await?);
        }
        let agent = self.agent(node).await?;
        agent.request(Request::StartService(order)).await?;
        Ok(())
    }

    async fn stop(&self, node: Node, name: &str) -> Result<(), LabError> {
        if node == Node::Wsl {
            return Ok(self.vm.stop_service(name).await?);
        }
        let request = Request::StopService { name: name.to_owned() };
        Ok(self.agent(node).await?.order(request).await?)
    }

    async fn see_end(&self, node: Node, order: ServiceOrder) -> Result<Output, LabError> {
        if node == Node::Wsl {
            return Ok(self.vm.await_end(order).await?);
        }
        Ok(self.agent(node).await?.run(Request::AwaitEnd(order)).await?)
    }
}
