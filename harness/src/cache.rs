//! The cache directory: the one place outside temporary directories that the lab writes to.

use std::{
    env,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
};

/// A cache directory that exists, is the user's own and closed to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    dir: PathBuf,
}

/// Why there is no cache directory.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// It could not be made or examined.
    #[error("cache directory {}: {source}", dir.display())]
    Io {
        /// The directory.
        dir: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Programs are built into it and run from it, so nobody else may write there.
    #[error(
        "cache directory {} belongs to uid {owner}, and this is uid {user}; remove it, or set REACHLAB_CACHE",
        dir.display()
    )]
    Foreign {
        /// The directory.
        dir: PathBuf,
        /// Whose it is.
        owner: u32,
        /// Who runs the lab.
        user: u32,
    },
}

impl Cache {
    /// Opens the cache of this user, creating it where it is missing: `$REACHLAB_CACHE`, else
    /// `$XDG_CACHE_HOME/reachlab`, else `$HOME/.cache/reachlab` (Windows:
    /// `%LOCALAPPDATA%\reachlab`), else `reachlab-UID` in the temporary directory.
    ///
    /// # Errors
    /// See [`Cache::at`].
    pub fn open() -> Result<Cache, CacheError> {
        Cache::at(resolve(|name| env::var_os(name), &env::temp_dir()))
    }

    /// Opens this directory as the cache, creating it with mode 0700 where it is missing.
    ///
    /// # Errors
    /// When it cannot be created, is no directory, or is somebody else's.
    pub fn at(dir: impl Into<PathBuf>) -> Result<Cache, CacheError> {
        let dir = dir.into();
        let io_error = |source| CacheError::Io { dir: dir.clone(), source };
        let dir = std::path::absolute(&dir).map_err(io_error)?;
        create_private(&dir).map_err(io_error)?;
        check_owner(&dir)?;
        Ok(Cache { dir })
    }

    /// The directory, absolute.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A directory inside the cache that a lab shows to every user of a node. On this machine the
    /// cache around it stays closed.
    ///
    /// # Errors
    /// When it cannot be created, or its mode not be set.
    #[cfg(unix)]
    pub fn open_subdir(&self, name: &str) -> Result<PathBuf, CacheError> {
        use std::os::unix::fs::PermissionsExt;
        let dir = self.subdir(name)?;
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o755))
            .map_err(|source| CacheError::Io { dir: dir.clone(), source })?;
        Ok(dir)
    }

    /// A directory inside the cache: elsewhere than on Linux no node runs as another user.
    ///
    /// # Errors
    /// When it cannot be created.
    #[cfg(not(unix))]
    pub fn open_subdir(&self, name: &str) -> Result<PathBuf, CacheError> {
        self.subdir(name)
    }

    /// A directory inside the cache, created where it is missing.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn subdir(&self, name: &str) -> Result<PathBuf, CacheError> {
        let dir = self.dir.join(name);
        match create_private(&dir) {
            Ok(()) => Ok(dir),
            Err(source) => Err(CacheError::Io { dir, source }),
        }
    }
}

/// Where the cache belongs. A variable that is empty counts as unset; a relative `XDG_CACHE_HOME`
/// too, as the XDG base directory specification says.
fn resolve(lookup: impl Fn(&str) -> Option<OsString>, temp: &Path) -> PathBuf {
    let set = |name: &str| lookup(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let absolute = |name: &str| set(name).filter(|path| path.is_absolute());
    if let Some(own) = set("REACHLAB_CACHE") {
        own
    } else if let Some(xdg) = absolute("XDG_CACHE_HOME") {
        xdg.join("reachlab")
    } else if cfg!(windows)
        && let Some(local) = absolute("LOCALAPPDATA")
    {
        local.join("reachlab")
    } else if let Some(home) = absolute("HOME").filter(|home| home.is_dir()) {
        home.join(".cache").join("reachlab")
    } else {
        temp.join(format!("reachlab-{}", user_id()))
    }
}

#[cfg(unix)]
fn create_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn create_private(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

/// A directory that was there before may be a trap in a shared temporary directory, or what an
/// earlier run under `sudo` left in the user's home.
#[cfg(target_os = "linux")]
fn check_owner(dir: &Path) -> Result<(), CacheError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let io_error = |source| CacheError::Io { dir: dir.to_owned(), source };
    let meta = fs::metadata(dir).map_err(io_error)?;
    let (owner, user) = (meta.uid(), user_id());
    if owner != user {
        return Err(CacheError::Foreign { dir: dir.to_owned(), owner, user });
    }
    if meta.permissions().mode() & 0o022 != 0 {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700)).map_err(io_error)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn check_owner(_dir: &Path) -> Result<(), CacheError> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn user_id() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// Elsewhere the temporary directory is the user's own, so that any number does.
#[cfg(not(target_os = "linux"))]
fn user_id() -> u32 {
    0
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::own(&[("REACHLAB_CACHE", "/r"), ("XDG_CACHE_HOME", "/x"), ("HOME", "/")], "/r")]
    #[case::xdg(&[("XDG_CACHE_HOME", "/x"), ("HOME", "/")], "/x/reachlab")]
    #[case::empty_is_unset(&[("REACHLAB_CACHE", ""), ("XDG_CACHE_HOME", "/x")], "/x/reachlab")]
    #[case::relative_xdg(&[("XDG_CACHE_HOME", "x"), ("HOME", "/")], "/.cache/reachlab")]
    #[case::home(&[("HOME", "/")], "/.cache/reachlab")]
    fn resolves_in_order(#[case] env: &[(&str, &str)], #[case] expected: &str) {
        let lookup =
            |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        assert_eq!(resolve(lookup, Path::new("/tmp")), Path::new(expected));
    }

    #[rstest]
    #[case::nothing_set(None)]
    #[case::home_does_not_exist(Some("/nonexistent-home"))]
    fn falls_back_to_a_directory_per_user(#[case] home: Option<&str>) {
        let lookup = |name: &str| (name == "HOME").then_some(home?.into());
        let expected = format!("/tmp/reachlab-{}", user_id());
        assert_eq!(resolve(lookup, Path::new("/tmp")), Path::new(&expected));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn is_closed_to_others() {
        use std::os::unix::fs::PermissionsExt;
        let temp = tempfile::tempdir().unwrap();
        let mode = |dir: &Path| fs::metadata(dir).unwrap().permissions().mode() & 0o777;

        let made = Cache::at(temp.path().join("a/b")).unwrap();
        assert_eq!(mode(made.dir()), 0o700);

        let found = temp.path().join("open");
        fs::create_dir(&found).unwrap();
        fs::set_permissions(&found, fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(mode(Cache::at(&found).unwrap().dir()), 0o700);
    }

    #[test]
    fn a_file_in_its_place_is_an_error_that_names_it() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = Cache::at(file.path()).unwrap_err().to_string();
        assert!(error.contains(&file.path().display().to_string()), "{error}");
    }
}
