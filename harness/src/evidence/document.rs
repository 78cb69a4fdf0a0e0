//! A report as pasted, cut into blocks: sentences, `- key: value` lines, commands with their output.

use std::ops::Range;

use super::{
    prompt,
    side::Side,
    span::{Span, Text},
};

/// A report.
#[derive(Clone, Debug)]
pub struct Document {
    text: String,
    /// Where each line stands, without its line break.
    lines: Vec<Range<usize>>,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Sentences outside of code.
    Prose,
    /// A line `- key: value`, or a plain line `key: value`.
    Item,
    /// Lines of a code fence, or lines that follow a command: what a program printed or a file has.
    Output,
}

/// Lines that belong together, with what is said of them.
#[derive(Clone, Debug)]
pub struct Block<'d> {
    /// What it is.
    pub form: Form,
    /// The machine: of the prompt, of the key, of the heading. Unknown where nothing says it.
    pub side: Side,
    /// The command whose output it is, without its prompt.
    pub command: Option<Text<'d>>,
    /// Of an item, what stands before the colon; of output, a heading `# server log`.
    pub key: Option<Text<'d>>,
    /// The lines, without blanks at their ends; of an item, what stands behind the colon.
    pub lines: Vec<Text<'d>>,
}

impl<'d> Block<'d> {
    /// Whether the command has all of these words, in any case.
    pub fn ran(&self, words: &[&str]) -> bool {
        self.command.is_some_and(|command| words.iter().all(|word| command.has(word)))
    }

    /// Whether the key or heading has this word.
    pub fn is_about(&self, word: &str) -> bool {
        self.key.is_some_and(|key| key.has(word))
    }
}

impl Document {
    /// A report of this text.
    pub fn new(text: impl Into<String>) -> Document {
        let text: String = text.into();
        let mut lines = Vec::new();
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end_matches(['\n', '\r']);
            lines.push(start..start + bare.len());
            start += line.len();
        }
        Document { text, lines }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All lines in order.
    pub fn lines(&self) -> impl Iterator<Item = Text<'_>> {
        self.lines.iter().map(|range| Text::new(&self.text[range.clone()], range.start))
    }

    /// The line in which a span begins, from 1.
    pub fn line_number(&self, span: Span) -> usize {
        self.lines.partition_point(|line| line.start <= span.start).max(1)
    }

    /// The column at which a span begins, from 1, in characters.
    pub fn column(&self, span: Span) -> usize {
        let line = self.line_number(span) - 1;
        let start = self.lines.get(line).map_or(0, |line| line.start);
        self.text.get(start..span.start).map_or(1, |before| before.chars().count() + 1)
    }

    /// The whole line in which a span begins, trimmed.
    pub fn quote(&self, span: Span) -> &str {
        let line = self.lines.get(self.line_number(span) - 1).cloned().unwrap_or_default();
        self.text.get(line).unwrap_or_default().trim()
    }

    /// The report with all output blanked: what people say. Everything keeps its place.
    pub fn prose(&self) -> String {
        let mut text = self.text.clone().into_bytes();
        for block in self.blocks().iter().filter(|block| block.form == Form::Output) {
            for span in block.command.iter().chain(&block.lines).map(|line| line.span()) {
                if let Some(bytes) = text.get_mut(span.start..span.end) {
                    bytes.fill(b' ');
                }
            }
        }
        String::from_utf8(text).unwrap_or_default()
    }

    /// The report in blocks, in order.
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let mut cutter = Cutter::default();
        for line in self.lines() {
            cutter.line(line);
        }
        cutter.finish()
    }
}

/// Cuts lines into blocks.
#[derive(Default)]
struct Cutter<'d> {
    done: Vec<Block<'d>>,
    open: Option<Block<'d>>,
    /// The fence that closes the code we are in.
    fence: Option<&'d str>,
    /// Whether the last line outside of a fence was empty.
    gap: bool,
}

impl<'d> Cutter<'d> {
    fn line(&mut self, line: Text<'d>) {
        let bare = line.trim();
        let text = bare.as_str();
        if let Some(fence) = fence(text) {
            self.close();
            self.fence = match self.fence {
                Some(open) if text.starts_with(open) => None,
                None => {
                    // The language of a fence says on which machine: ```powershell
                    let side = Side::named_in(bare.part(&text[fence.len()..]));
                    self.start(Form::Output, side, None, None);
                    Some(fence)
                }
                open => open,
            };
        } else if self.fence.is_some() {
            self.code(line);
        } else {
            self.outside(line);
        }
    }

    fn code(&mut self, line: Text<'d>) {
        let bare = line.trim();
        if let Some((side, command)) = prompt::command(line) {
            self.close();
            self.start(Form::Output, side, Some(command), None);
        } else if let Some(heading) = heading(bare).filter(|_| self.is_fresh()) {
            let side = Side::named_in(heading);
            self.start(Form::Output, side, None, Some(heading));
        } else {
            self.push(line);
        }
    }

    fn outside(&mut self, line: Text<'d>) {
        let bare = line.trim();
        let in_output = self.open.as_ref().is_some_and(|open| open.form == Form::Output);
        if let Some((side, command)) = prompt::command(line) {
            self.close();
            self.start(Form::Output, side, Some(command), None);
        } else if in_output && self.is_printed(bare) {
            self.push(line);
        } else if let Some((key, value)) = item(bare) {
            self.close();
            self.start(Form::Item, key.map_or(Side::Unknown, Side::named_in), None, key);
            self.push(value);
            self.close();
        } else if bare.as_str().is_empty() {
            self.gap = true;
            if !in_output {
                self.close();
            }
        } else if in_output && !is_sentence(bare) {
            self.push(line);
        } else {
            if in_output {
                self.close();
            }
            if self.open.is_none() {
                self.start(Form::Prose, Side::Unknown, None, None);
            }
            self.push(line);
        }
    }

    /// Whether a line `key : value` below a command is still printed by it, and no item: many tools
    /// print such lines. Behind an empty line only those whose colons are in a column.
    fn is_printed(&self, bare: Text<'d>) -> bool {
        let by_command = self.open.as_ref().is_some_and(|open| open.command.is_some());
        let text = bare.as_str();
        let marked = ["- ", "• ", "+ "].iter().any(|mark| text.starts_with(mark));
        let listed = text.contains(" : ") || text.contains(". :");
        by_command && !text.is_empty() && !marked && !is_sentence(bare) && (!self.gap || listed)
    }

    fn start(&mut self, form: Form, side: Side, command: Option<Text<'d>>, key: Option<Text<'d>>) {
        self.gap = false;
        self.open = Some(Block { form, side, command, key, lines: Vec::new() });
    }

    fn push(&mut self, line: Text<'d>) {
        self.gap = false;
        let end = line.part(line.as_str().trim_end());
        if let Some(open) = &mut self.open {
            open.lines.push(end);
        } else {
            let block = Block {
                form: Form::Output,
                side: Side::Unknown,
                command: None,
                key: None,
                lines: vec![end],
            };
            self.open = Some(block);
        }
    }

    /// Whether a block is open that has no line yet.
    fn is_fresh(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.lines.is_empty() && open.command.is_none())
    }

    fn close(&mut self) {
        let Some(block) = self.open.take() else { return };
        let has_text = block.lines.iter().any(|line| !line.trim().as_str().is_empty());
        if has_text || block.command.is_some() {
            self.done.push(block);
        }
    }

    fn finish(mut self) -> Vec<Block<'d>> {
        self.close();
        self.done
    }
}

/// The marks that open or close code.
fn fence(text: &str) -> Option<&'static str> {
    ["```", "~~~"].into_iter().find(|fence| text.starts_with(fence))
}

/// `# server log` at the head of code names what follows.
fn heading(line: Text<'_>) -> Option<Text<'_>> {
    let heading = line.after("#")?;
    let text = heading.as_str();
    let short = text.split_whitespace().count() <= 6;
    (short && !text.is_empty() && !text.contains(['=', '[']) && !starts_with_address(text))
        .then_some(heading)
}

fn starts_with_address(text: &str) -> bool {
    text.split_whitespace().next().is_some_and(|word| word.parse::<std::net::IpAddr>().is_ok())
}

/// Keys that head a report whatever follows them.
const HEADS: [&str; 4] = ["setup", "os", "environment", "platform"];

/// `- key: value`, `- a sentence`; also without the dash where the key is short and no sentence.
fn item(line: Text<'_>) -> Option<(Option<Text<'_>>, Text<'_>)> {
    let marked = ["- ", "* ", "• ", "+ "].into_iter().find_map(|mark| line.after(mark));
    let split = split_key(marked.unwrap_or(line)).filter(|(key, value)| {
        let words = key.as_str().split_whitespace().count();
        // A sentence may have a colon as well.
        let told = value.as_str().split_whitespace().count();
        let named = HEADS.iter().any(|head| key.as_str().eq_ignore_ascii_case(head));
        let is_key = if marked.is_some() { words <= 14 } else { words <= 3 && told <= 3 || named };
        is_key && !key.as_str().contains(['|', '>']) && told > 0
    });
    match (split, marked) {
        (Some((key, value)), _) => Some((Some(key), value)),
        (None, Some(text)) => Some((None, text)),
        (None, None) => None,
    }
}

/// At the first colon that a blank follows: an address has none such.
fn split_key(line: Text<'_>) -> Option<(Text<'_>, Text<'_>)> {
    let text = line.as_str();
    let at = text.find(": ").or_else(|| text.find('：'))?;
    let value = text[at..].trim_start_matches([':', '：']);
    let key = line.part(text[..at].trim_matches(['*', '`', ' ']));
    (!key.as_str().is_empty()).then(|| (key, line.part(value).trim()))
}

/// Whether a line outside of code that follows output is a sentence again.
fn is_sentence(line: Text<'_>) -> bool {
    let text = line.as_str();
    let words = text.split_whitespace().count();
    let columns = text.contains("  ") || text.contains(['\t', '[']);
    let starts = text.chars().next().is_some_and(char::is_uppercase);
    words >= 6 && !columns && starts && text.ends_with(['.', '!', '?', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let document = Document::new(text);
        let blocks = document.blocks();
        let show = |block: &Block<'_>| {
            let part = |text: Option<Text<'_>>| text.map_or("-", |text| text.as_str()).to_owned();
            let lines: Vec<&str> = block.lines.iter().map(|line| line.as_str()).collect();
            let (side, form) = (block.side, block.form);
            let (command, key) = (part(block.command), part(block.key));
            format!("{form:?} {side} {command} {key} {}", lines.join("|"))
        };
        blocks.iter().map(show).collect()
    }

    #[test]
    fn a_terse_report() {
        let text = "Setup: WSL2\n\nthe browser cannot connect\n\n- curl windows: fails\n\n\
                    ```\nC:\\> netstat -ano\nTCP 0.0.0.0:80 LISTENING 4\n```\n\n\
                    ```\n# server log\nhttp://127.0.0.1:8080\n```\n";
        assert_eq!(
            shown(text),
            [
                "Item unknown - Setup WSL2",
                "Prose unknown - - the browser cannot connect",
                "Item windows - curl windows fails",
                "Output windows netstat -ano - TCP 0.0.0.0:80 LISTENING 4",
                "Output unknown - server log http://127.0.0.1:8080",
            ]
        );
    }

    #[test]
    fn transcripts_without_fences() {
        let text = "me@pc:~$ ss -ltn\nLISTEN 0 1 *:80\n\nme@pc:~$ curl localhost\nok\n\
                    That is what I see on my machine.\n";
        assert_eq!(
            shown(text),
            [
                "Output guest ss -ltn - LISTEN 0 1 *:80",
                "Output guest curl localhost - ok",
                "Prose unknown - - That is what I see on my machine.",
            ]
        );
    }

    #[test]
    fn printed_keys_are_no_items() {
        let text = "PS> tnc localhost\n\nName : localhost\nOpen: yes\n* Connected to: x\n\n\
                    Version: 1.2\n- firewall: off\n";
        assert_eq!(
            shown(text),
            [
                "Output windows tnc localhost - Name : localhost|Open: yes|* Connected to: x",
                "Item unknown - Version 1.2",
                "Item unknown - firewall off",
            ]
        );
    }

    #[test]
    fn several_commands_in_one_fence() {
        let text = "```powershell\nPS> hostname\nPC\nPS> ver\n```\n";
        assert_eq!(shown(text), ["Output windows hostname - PC", "Output windows ver - "]);
    }

    #[test]
    fn lines_and_columns() {
        let document = Document::new("a\r\nbé c\n");
        let line = document.lines().nth(1).expect("two lines");
        let word = line.words().nth(1).expect("two words").span();
        assert_eq!((document.line_number(word), document.column(word)), (2, 4));
        assert_eq!(document.quote(word), "bé c");
        assert_eq!(Document::new("").quote(Span { start: 0, end: 0 }), "");
    }
}
