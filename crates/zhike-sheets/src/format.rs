//! What a file is: by its first bytes, and by its name only where bytes cannot tell.

use std::path::Path;

use crate::error::SheetError;
use crate::text;

/// A format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML (.xlsx, .xlsm), ECMA-376.
    Xlsx,
    /// Excel 97–2003 (.xls), BIFF8 in a compound file.
    Xls,
    /// Delimited text (.csv, .tsv, .txt).
    Text,
}

/// A format that is known and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Et,
    Xlsb,
    Ods,
    Numbers,
    Word,
    Slides,
    Pdf,
    /// A web page or XML named .xls, as many business systems "export to Excel".
    Html,
    SpreadsheetXml,
    Rtf,
    Image,
    Archive,
    /// A compound file (OLE) with no workbook in it.
    OldOffice,
    Unknown,
}

const ZIP: &[u8] = b"PK\x03\x04";
pub(crate) const COMPOUND: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

impl Format {
    /// Decides by the first bytes of the file (4 KiB is plenty) and its name. What an archive or a compound file really
    /// holds shows only in its directory: [`crate::Workbook::open`] looks there too.
    pub fn detect(start: &[u8], file_name: &str) -> Result<Self, SheetError> {
        let refuse = |kind| Err(SheetError::Unsupported { kind });
        let extension = extension(file_name);
        if start.is_empty() {
            return Err(SheetError::Empty);
        }
        if start.starts_with(ZIP) {
            return match archive_kind(start, &extension) {
                Some(kind) => refuse(kind),
                None => Ok(Self::Xlsx),
            };
        }
        if start.starts_with(b"PK\x05\x06") {
            return refuse(FileKind::Archive); // an empty archive
        }
        if start.starts_with(COMPOUND) {
            return match extension.as_str() {
                "et" | "ett" => refuse(FileKind::Et),
                "doc" | "dot" | "wps" | "wpt" => refuse(FileKind::Word),
                "ppt" | "pps" | "dps" => refuse(FileKind::Slides),
                _ => Ok(Self::Xls),
            };
        }
        if let Some(kind) = foreign(start) {
            return refuse(kind);
        }
        if text::looks_like_text(start) { Ok(Self::Text) } else { refuse(FileKind::Unknown) }
    }

    pub fn is_text(self) -> bool {
        self == Self::Text
    }
}

fn extension(file_name: &str) -> String {
    Path::new(file_name).extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// What an archive is by the entry names near its start, then by its own name; `None` for a workbook or no clue.
fn archive_kind(start: &[u8], extension: &str) -> Option<FileKind> {
    let has = |name: &[u8]| memchr::memmem::find(start, name).is_some();
    if has(b"xl/workbook.bin") {
        return Some(FileKind::Xlsb);
    }
    if has(b"xl/") {
        return None;
    }
    if has(b"opendocument.spreadsheet") {
        return Some(FileKind::Ods);
    }
    if has(b"Index/") && has(b".iwa") {
        return Some(FileKind::Numbers);
    }
    if has(b"word/") {
        return Some(FileKind::Word);
    }
    if has(b"ppt/") {
        return Some(FileKind::Slides);
    }
    match extension {
        "xlsb" => Some(FileKind::Xlsb),
        "ods" => Some(FileKind::Ods),
        "numbers" => Some(FileKind::Numbers),
        "docx" | "docm" | "odt" | "wps" => Some(FileKind::Word),
        "pptx" | "pptm" | "odp" | "dps" => Some(FileKind::Slides),
        "et" => Some(FileKind::Et),
        "zip" | "jar" => Some(FileKind::Archive),
        _ => None,
    }
}

fn foreign(start: &[u8]) -> Option<FileKind> {
    const MAGIC: [(&[u8], FileKind); 11] = [
        (b"%PDF", FileKind::Pdf),
        (b"{\\rtf", FileKind::Rtf),
        (b"\x89PNG", FileKind::Image),
        (b"\xFF\xD8\xFF", FileKind::Image),
        (b"GIF8", FileKind::Image),
        (b"II*\0", FileKind::Image),
        (b"Rar!\x1A", FileKind::Archive),
        (b"7z\xBC\xAF\x27\x1C", FileKind::Archive),
        (b"\x1F\x8B", FileKind::Archive),
        (b"BZh", FileKind::Archive),
        (b"\xFD7zXZ\0", FileKind::Archive),
    ];
    if let Some((_, kind)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some(*kind);
    }
    let body = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    let head = String::from_utf8_lossy(&body[..body.len().min(1024)]).trim_start().to_lowercase();
    if head.starts_with("<?xml") && head.contains("urn:schemas-microsoft-com:office:spreadsheet") {
        return Some(FileKind::SpreadsheetXml);
    }
    let tags = ["<html", "<!doctype html", "<table", "<meta", "<head", "<body", "<style", "<div"];
    let is_page = tags.iter().any(|tag| head.starts_with(tag)) || head.starts_with("<?xml") && head.contains("<html");
    is_page.then_some(FileKind::Html)
}

impl FileKind {
    /// What the file is and what to do, as a sentence.
    pub(crate) fn advice(self, zh: bool) -> String {
        let (name_zh, name_en) = match self {
            Self::Et => ("WPS 表格（.et）", "a WPS table (.et)"),
            Self::Xlsb => ("Excel 二进制工作簿（.xlsb）", "a binary Excel workbook (.xlsb)"),
            Self::Ods => ("OpenDocument 表格（.ods）", "an OpenDocument table (.ods)"),
            Self::Numbers => ("苹果 Numbers 表格", "an Apple Numbers table"),
            Self::Html => ("网页格式的表格（并不是真正的 Excel 文件）", "a web page, not a real Excel file"),
            Self::SpreadsheetXml => ("XML 格式的表格（Excel 2003 XML）", "an Excel 2003 XML table"),
            Self::Word => ("文字文档（Word）", "a Word document"),
            Self::Slides => ("演示文稿（PPT）", "a slide show"),
            Self::Pdf => ("PDF 文档", "a PDF document"),
            Self::Rtf => ("RTF 文档", "an RTF document"),
            Self::Image => ("图片", "a picture"),
            Self::Archive => ("压缩包", "an archive"),
            Self::OldOffice => ("不含工作表的旧版 Office 文件", "an old Office file without a workbook"),
            Self::Unknown => ("无法识别的文件", "not a file this program knows"),
        };
        match self {
            Self::Et | Self::Xlsb | Self::Ods | Self::Numbers | Self::Html | Self::SpreadsheetXml if zh => {
                format!("这是{name_zh}，暂不能直接读取。请用 Excel 或 WPS 打开，另存为 .xlsx 后重新上传。")
            }
            Self::Et | Self::Xlsb | Self::Ods | Self::Numbers | Self::Html | Self::SpreadsheetXml => {
                format!(
                    "This is {name_en}, which is not read. Open it in Excel or WPS, save it as .xlsx and upload that."
                )
            }
            Self::Archive if zh => "这是压缩包。请先解压，再上传里面的表格文件。".to_owned(),
            Self::Archive => "This is an archive. Unpack it and upload the table inside.".to_owned(),
            _ if zh => format!("这是{name_zh}，不是表格。请上传 .xlsx、.xls、.csv 或 .tsv 文件。"),
            _ => format!("This is {name_en}, not a table. Upload an .xlsx, .xls, .csv or .tsv file."),
        }
    }
}
