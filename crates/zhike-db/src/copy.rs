//! The binary form in which PostgreSQL takes rows:
//! <https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.4>

use crate::Arg;

/// Signature, flags, length of an extension that there is none of.
pub(crate) fn head() -> Vec<u8> {
    let mut out = Vec::with_capacity(1 << 16);
    out.extend(b"PGCOPY\n\xff\r\n\0");
    out.extend([0; 8]);
    out
}

pub(crate) fn row<'a>(args: impl ExactSizeIterator<Item = &'a Arg>, out: &mut Vec<u8>) {
    out.extend((args.len() as i16).to_be_bytes());
    for arg in args {
        match arg {
            Arg::Bool(Some(flag)) => value(&[u8::from(*flag)], out),
            Arg::Int(Some(int)) => value(&int.to_be_bytes(), out),
            Arg::Real(Some(real)) => value(&real.to_be_bytes(), out),
            Arg::Text(Some(text)) => value(text.as_bytes(), out),
            Arg::Id(Some(id)) => value(id.as_bytes(), out),
            Arg::Bytes(Some(bytes)) => value(bytes, out),
            Arg::Bool(None) | Arg::Int(None) | Arg::Real(None) | Arg::Text(None) | Arg::Id(None) | Arg::Bytes(None) => {
                out.extend((-1_i32).to_be_bytes());
            }
        }
    }
}

pub(crate) fn end(out: &mut Vec<u8>) {
    out.extend((-1_i16).to_be_bytes());
}

fn value(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend((bytes.len() as i32).to_be_bytes());
    out.extend(bytes);
}

/// Words as a `tsvector`; they are sorted and stand once each.
pub(crate) fn words(blank_separated: &str) -> Arg {
    let mut out = vec![0; 4];
    let mut count = 0_i32;
    for word in blank_separated.split(' ').filter(|word| !word.is_empty()) {
        count += 1;
        out.extend(word.as_bytes());
        // the end of the text; no positions
        out.extend([0, 0, 0]);
    }
    out[..4].copy_from_slice(&count.to_be_bytes());
    Arg::Bytes(Some(out))
}
