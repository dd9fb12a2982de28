//! What is wrong with a typed value, in words for the person who typed it.

/// An error about a typed value, said in both languages of the product. `Display` gives the English text.
pub trait Reason: std::error::Error {
    /// Plain Chinese for a clerk: what is wrong and, where it helps, what to write instead.
    fn zh(&self) -> String;
    /// The same in English.
    fn en(&self) -> String;
}

/// `Display` and `Error` for types that implement [`Reason`].
macro_rules! reasons {
    ($($error:ty),+ $(,)?) => {$(
        impl std::fmt::Display for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::Reason::en(self))
            }
        }
        impl std::error::Error for $error {}
    )+};
}
pub(crate) use reasons;
