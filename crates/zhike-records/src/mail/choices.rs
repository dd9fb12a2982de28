//! Of what somebody wants letters.

use zhike_types::{Error, Result, Text, boxed};

use crate::{Actor, Engine};

/// The key among a user's settings.
pub(super) const KEY: &str = "mail";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailChoices {
    /// At once: what one is asked to sign.
    pub approvals: bool,
    /// At once: what one is given by others.
    pub given: bool,
    /// At once: what a pool is about to take back.
    pub reclaim: bool,
    /// The day's summary, at this full hour.
    pub digest: Option<i64>,
}

impl Default for MailChoices {
    fn default() -> Self {
        // what a pool is about to take back stands in the summary anyway
        Self { approvals: true, given: true, reclaim: false, digest: Some(8) }
    }
}

impl MailChoices {
    /// As it is kept: `approvals given digest=8`.
    fn words(self) -> String {
        let mut words = Vec::new();
        for (on, word) in [(self.approvals, "approvals"), (self.given, "given"), (self.reclaim, "reclaim")] {
            if on {
                words.push(word.to_owned());
            }
        }
        words.extend(self.digest.map(|hour| format!("digest={hour}")));
        words.join(" ")
    }

    pub(super) fn read(words: Option<&str>) -> Self {
        let Some(words) = words else { return Self::default() };
        let has = |word: &str| words.split(' ').any(|known| known == word);
        let digest = words.split(' ').find_map(|word| word.strip_prefix("digest=")?.parse().ok());
        Self { approvals: has("approvals"), given: has("given"), reclaim: has("reclaim"), digest }
    }
}

impl Engine {
    /// The actor's own.
    #[boxed]
    pub async fn mail_choices(&self, actor: &Actor) -> Result<MailChoices> {
        Ok(MailChoices::read(self.setting(actor, KEY).await?.as_deref()))
    }

    #[boxed]
    pub async fn set_mail_choices(&self, actor: &Actor, choices: MailChoices) -> Result<()> {
        if choices.digest.is_some_and(|hour| !(0..24).contains(&hour)) {
            let message = Text::new("钟点是 0 到 23。", "An hour is 0 to 23.");
            return Err(Error::invalid("digest", "invalid", message));
        }
        self.set_setting(actor, KEY, &choices.words()).await
    }
}

#[cfg(test)]
mod tests {
    use super::MailChoices;

    #[test]
    fn what_is_chosen_is_kept() {
        for (approvals, given, reclaim) in [(true, false, true), (false, true, false), (false, false, false)] {
            for digest in [None, Some(0), Some(23)] {
                let chosen = MailChoices { approvals, given, reclaim, digest };
                assert_eq!(MailChoices::read(Some(&chosen.words())), chosen);
            }
        }
        assert_eq!(MailChoices::read(None), MailChoices::default());
    }
}
