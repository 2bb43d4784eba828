//! Recognises `Option` by its name, which is all that a derive has.

use syn::{GenericArgument, PathArguments, Type};

/// The `T` of `Option<T>`, however its path is written. None for any other type, an alias of an
/// `Option` included.
pub(crate) fn inner(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = without_groups(ty) else {
        return None;
    };
    let last = path.path.segments.last()?;
    if last.ident != "Option" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut arguments = arguments.args.iter();
    match (arguments.next(), arguments.next()) {
        (Some(GenericArgument::Type(inner)), None) => Some(inner),
        _ => None,
    }
}

/// A type that came through a `macro_rules` may sit in an invisible group.
fn without_groups(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => without_groups(&group.elem),
        Type::Paren(paren) => without_groups(&paren.elem),
        _ => ty,
    }
}
