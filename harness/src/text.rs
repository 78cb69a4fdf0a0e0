//! Types that files and reports write as they are displayed.

/// Gives a type that displays itself and can be parsed back the conversions that
/// `#[serde(into = "String", try_from = "String")]` asks for.
macro_rules! serialized_as_text {
    ($type:ty) => {
        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.to_string()
            }
        }

        impl TryFrom<String> for $type {
            type Error = String;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    };
}

pub(crate) use serialized_as_text;
