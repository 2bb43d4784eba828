//! The clocks of one process: those of tests that are paused, and those that are not.

use std::{future::poll_fn, pin::pin, time::Duration};

use irori::rt::{Runtime, Timer};
use irori_tokio::TokioRuntime;
use tokio::{
    runtime::Builder,
    time::{advance, timeout},
};

#[test]
fn a_paused_clock_is_not_that_of_others() {
    let paused = Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    paused.block_on(async {
        advance(Duration::from_secs(3600)).await;
        let before = TokioRuntime.now(); // the first of the process
        advance(Duration::from_secs(1)).await;
        assert_eq!(TokioRuntime.now().since(before).as_secs(), 1);
    });

    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let start = TokioRuntime.now();
        let at = start + Duration::from_millis(10);
        let mut timer = pin!(TokioRuntime.timer());
        timeout(Duration::from_secs(20), poll_fn(|cx| timer.as_mut().poll_until(at, cx))).await.unwrap();
        assert!(TokioRuntime.now() > start, "time passes");
    });
}
