//! Problems are reported together, so that one does not hide the next.

/// Both values, or the errors of both.
pub(crate) fn both<A, B>(a: syn::Result<A>, b: syn::Result<B>) -> syn::Result<(A, B)> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(first), Err(second)) => Err(combined(first, second)),
        (Err(only), Ok(_)) | (Ok(_), Err(only)) => Err(only),
    }
}

/// `value`, unless there are errors; then all of them.
pub(crate) fn unless<T>(errors: Vec<syn::Error>, value: T) -> syn::Result<T> {
    errors.into_iter().reduce(combined).map_or(Ok(value), Err)
}

fn combined(mut first: syn::Error, second: syn::Error) -> syn::Error {
    first.combine(second);
    first
}
