//! `wss:`, by rustls.

use std::sync::{Arc, OnceLock};

use irori::rt::BoxError;
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::{CryptoProvider, ring},
        pki_types::ServerName,
    },
};

/// With this configuration, or else that of [`config`].
pub(super) async fn connect(
    own: Option<Arc<ClientConfig>>,
    host: &str,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, BoxError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let name = ServerName::try_from(bare.to_owned())?;
    let config = own.map_or_else(config, Ok)?;
    Ok(TlsConnector::from(config).connect(name, stream).await?)
}

/// The roots of Mozilla, and the cryptography that the process has chosen, or else ring's. It is not left to rustls to
/// choose: where other crates have brought it two, it panics.
fn config() -> Result<Arc<ClientConfig>, BoxError> {
    static CONFIG: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    if let Some(config) = CONFIG.get() {
        return Ok(Arc::clone(config));
    }
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = Arc::new(builder.with_root_certificates(roots).with_no_client_auth());
    Ok(Arc::clone(CONFIG.get_or_init(|| config)))
}
