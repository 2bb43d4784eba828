use std::io;

/// Resolves when the program was asked so many times to stop: by ctrl-c, or by the SIGTERM of whoever runs it.
///
/// # Errors
///
/// When the system gives no way to hear of it.
#[cfg(unix)]
pub(crate) fn asked(times: usize) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        for _ in 0..times {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
    })
}

/// Resolves when the program was asked so many times to stop, by ctrl-c.
///
/// # Errors
///
/// When the system gives no way to hear of it.
#[cfg(windows)]
pub(crate) fn asked(times: usize) -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut ctrl_c = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        for _ in 0..times {
            ctrl_c.recv().await;
        }
    })
}
