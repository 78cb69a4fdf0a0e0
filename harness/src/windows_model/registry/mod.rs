//! The registry of the modelled Windows: one JSON file, so that it survives `wsl --shutdown` and a
//! restart of the node (ledger 2.4.5).

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

mod key_path;

pub use key_path::{KeyPath, KeyPathError};

/// The name of the file in the registry's directory.
const FILE: &str = "registry.json";

/// The data of a value, of the types that are modelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// `REG_SZ`
    Sz(String),
    /// `REG_DWORD`
    Dword(u32),
}

/// A value of a key and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedValue {
    /// The name as it was first written.
    pub name: String,
    /// The data.
    pub value: Value,
}

/// Why the registry could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// The file system refused.
    #[error("cannot {operation} the registry file `{}`: {source}", path.display())]
    Io {
        /// An infinitive: `read`, `write`.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("the registry file `{}` is damaged: {source}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
}

/// All keys; values keep the order of their creation, which is the order Windows lists them in.
type Keys = BTreeMap<KeyPath, Vec<NamedValue>>;

/// The registry. Every change is on disk, whole, when the call returns.
#[derive(Debug)]
pub struct Registry {
    file: PathBuf,
    keys: Mutex<Keys>,
}

impl Registry {
    /// Opens the registry kept in `dir`; an empty one if there is none yet.
    ///
    /// # Errors
    /// The file cannot be read, or is no registry.
    pub fn open(dir: &Path) -> Result<Registry, RegistryError> {
        let file = dir.join(FILE);
        let keys = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|source| RegistryError::Damaged { path: file.clone(), source })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Keys::new(),
            Err(source) => {
                return Err(RegistryError::Io { operation: "read", path: file, source });
            }
        };
        Ok(Registry { file, keys: Mutex::new(keys) })
    }

    /// The data of a value; `None` if the key or the value does not exist.
    pub fn get(&self, key: &KeyPath, name: &str) -> Option<Value> {
        let keys = self.lock();
        let values = keys.get(key)?;
        position(values, name).map(|at| values[at].value.clone())
    }

    /// The values of a key in the order of their creation; `None` if the key does not exist.
    pub fn values(&self, key: &KeyPath) -> Option<Vec<NamedValue>> {
        self.lock().get(key).cloned()
    }

    /// Every key below `key`, at any depth, each after its parent.
    pub fn keys_below(&self, key: &KeyPath) -> Vec<KeyPath> {
        self.lock().keys().filter(|other| other.is_below(key)).cloned().collect()
    }

    /// Creates a key, and the keys it lies in, where they do not exist yet.
    ///
    /// # Errors
    /// The file cannot be written; then nothing has changed.
    pub fn create_key(&self, key: &KeyPath) -> Result<(), RegistryError> {
        self.change(|keys| create(keys, key))
    }

    /// Sets a value, creating it and its key where they do not exist yet.
    ///
    /// # Errors
    /// The file cannot be written; then nothing has changed.
    pub fn set(&self, key: &KeyPath, name: &str, value: Value) -> Result<(), RegistryError> {
        self.change(|keys| {
            create(keys, key);
            let values = keys.entry(key.clone()).or_default();
            match position(values, name) {
                Some(at) => values[at].value = value,
                None => values.push(NamedValue { name: name.to_owned(), value }),
            }
        })
    }

    /// Deletes a value, and says whether there was one.
    ///
    /// # Errors
    /// The file cannot be written; then nothing has changed.
    pub fn delete_value(&self, key: &KeyPath, name: &str) -> Result<bool, RegistryError> {
        self.change(|keys| {
            let Some(values) = keys.get_mut(key) else { return false };
            let found = position(values, name);
            if let Some(at) = found {
                values.remove(at);
            }
            found.is_some()
        })
    }

    /// Deletes a key, its values and every key below it.
    ///
    /// # Errors
    /// The file cannot be written; then nothing has changed.
    pub fn delete_key(&self, key: &KeyPath) -> Result<(), RegistryError> {
        self.change(|keys| keys.retain(|other, _| other != key && !other.is_below(key)))
    }

    /// Deletes every value of the key and of the keys below it.
    ///
    /// # Errors
    /// The file cannot be written; then nothing has changed.
    pub fn clear(&self, key: &KeyPath) -> Result<(), RegistryError> {
        self.change(|keys| {
            for (other, values) in keys.iter_mut() {
                if other == key || other.is_below(key) {
                    values.clear();
                }
            }
        })
    }

    /// A panic elsewhere cannot leave the keys half changed: changes are made on a copy.
    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, edit: impl FnOnce(&mut Keys) -> T) -> Result<T, RegistryError> {
        let mut keys = self.lock();
        let mut next = keys.clone();
        let outcome = edit(&mut next);
        if next != *keys {
            self.write(&next)?;
            *keys = next;
        }
        Ok(outcome)
    }

    /// Writes a new file and renames it over the old one, so that a reader or a crash sees one of
    /// the two.
    fn write(&self, keys: &Keys) -> Result<(), RegistryError> {
        let failed =
            |source| RegistryError::Io { operation: "write", path: self.file.clone(), source };
        let text = serde_json::to_vec_pretty(keys).map_err(|error| failed(error.into()))?;
        let temporary = self.file.with_extension("json.new");
        fs::write(&temporary, text).map_err(failed)?;
        fs::rename(&temporary, &self.file).map_err(failed)
    }
}

fn position(values: &[NamedValue], name: &str) -> Option<usize> {
    let name = name.to_lowercase();
    values.iter().position(|value| value.name.to_lowercase() == name)
}

fn create(keys: &mut Keys, key: &KeyPath) {
    let mut next = Some(key.clone());
    while let Some(key) = next {
        next = key.parent();
        keys.entry(key).or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sz(text: &str) -> Value {
        Value::Sz(text.to_owned())
    }

    #[test]
    fn ignores_case_and_keeps_the_first_spelling() {
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::open(dir.path()).unwrap();
        registry.set(&KeyPath::user("Software"), "Name", sz("one")).unwrap();
        registry.set(&KeyPath::user("SOFTWARE"), "NAME", sz("two")).unwrap();
        assert_eq!(registry.get(&KeyPath::user("software"), "name"), Some(sz("two")));
        let values = registry.values(&KeyPath::user("Software")).unwrap();
        assert_eq!(values, [NamedValue { name: "Name".to_owned(), value: sz("two") }]);
    }

    #[test]
    fn survives_being_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let key = KeyPath::machine(r"SYSTEM\Services");
        {
            let registry = Registry::open(dir.path()).unwrap();
            registry.set(&key, "b", Value::Dword(2)).unwrap();
            registry.set(&key, "a", sz("x")).unwrap();
        }
        let registry = Registry::open(dir.path()).unwrap();
        let names: Vec<_> =
            registry.values(&key).unwrap().into_iter().map(|value| value.name).collect();
        assert_eq!(names, ["b", "a"], "the order of creation");
        assert_eq!(registry.get(&key, "b"), Some(Value::Dword(2)));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn deletes_values_and_keeps_keys() {
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::open(dir.path()).unwrap();
        let key = KeyPath::machine(r"A\B");
        registry.set(&key, "x", sz("1")).unwrap();
        assert!(registry.delete_value(&key, "X").unwrap());
        assert!(!registry.delete_value(&key, "x").unwrap());
        assert_eq!(registry.values(&key), Some(vec![]));
        registry.set(&key, "y", sz("1")).unwrap();
        registry.clear(&KeyPath::machine("a")).unwrap();
        assert_eq!(registry.get(&key, "y"), None);
        assert_eq!(registry.keys_below(&KeyPath::machine("A")), [key]);
    }

    #[test]
    fn a_failed_write_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let gone = dir.path().join("gone");
        fs::create_dir(&gone).unwrap();
        let registry = Registry::open(&gone).unwrap();
        fs::remove_dir(&gone).unwrap();
        let error = registry.set(&KeyPath::user("X"), "n", sz("1")).unwrap_err();
        assert!(error.to_string().starts_with("cannot write the registry file"), "{error}");
        assert_eq!(registry.get(&KeyPath::user("X"), "n"), None);
    }

    #[test]
    fn a_damaged_file_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "{").unwrap();
        let error = Registry::open(dir.path()).unwrap_err();
        assert!(matches!(error, RegistryError::Damaged { .. }), "{error}");
    }
}
