//! Passwords: Argon2id with the parameters OWASP recommends at least (19 MiB, 2 passes, 1 lane); accounts lock for a while
//! after wrong ones (GB/T 22239-2019, 8.1.4.1 b).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use zhike_db::{Tx, sql};
use zhike_types::{Error, Result, Text, Uuid, boxed, text};

use crate::{
    Actor, Engine, Input,
    audit::{self, Deed},
    people::needs_duty,
};

/// Characters a password has at least (ASVS 6.2.1); no rules of composition (ASVS 6.2.5).
const PASSWORD_MIN: usize = 8;
const PASSWORD_MAX: usize = 256;
/// Wrong passwords before the account is locked, and for how long (doubling each further time, an hour at most).
const FAILURES_MAX: i64 = 5;
const LOCK_FIRST: i64 = 60_000;
const LOCK_MAX: i64 = 3_600_000;

/// Passwords that everybody tries first.
const COMMON: &[&str] = &[
    "12345678",
    "123456789",
    "1234567890",
    "87654321",
    "11111111",
    "00000000",
    "88888888",
    "66666666",
    "password",
    "password1",
    "passw0rd",
    "qwertyui",
    "qwerty123",
    "1q2w3e4r",
    "1qaz2wsx",
    "abcd1234",
    "abc12345",
    "a1234567",
    "a12345678",
    "aa123456",
    "admin123",
    "admin1234",
    "iloveyou",
    "woaini520",
    "5201314520",
    "zhike123",
    "administrator",
    "letmein1",
    "welcome1",
    "zaq12wsx",
    "qazwsxedc",
    "asdfghjk",
];

fn argon() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the parameters are within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes in PHC format, away from the tasks that answer requests.
async fn hash(password: String) -> Result<String> {
    zhike_jobs::blocking(move || {
        argon()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| Error::internal(error.to_string()))
    })
    .await?
}

async fn verify(password: String, stored: String) -> Result<bool> {
    zhike_jobs::blocking(move || {
        PasswordHash::new(&stored).is_ok_and(|stored| argon().verify_password(password.as_bytes(), &stored).is_ok())
    })
    .await
}

fn check_password(password: &str, login: &str) -> Result<()> {
    let count = password.chars().count();
    if count < PASSWORD_MIN {
        return Err(Error::invalid(
            "password",
            "too_short",
            text!("密码至少 {PASSWORD_MIN} 个字符。", "A password has {PASSWORD_MIN} characters at least."),
        ));
    }
    if count > PASSWORD_MAX {
        return Err(Error::invalid(
            "password",
            "too_long",
            text!("密码最多 {PASSWORD_MAX} 个字符。", "A password has {PASSWORD_MAX} characters at most."),
        ));
    }
    let folded = zhike_text::fold(password);
    if COMMON.contains(&folded.as_str()) || folded == zhike_text::fold(login) {
        return Err(Error::invalid(
            "password",
            "common",
            Text::new("这个密码太容易被猜到，请换一个。", "This password is too easy to guess. Choose another."),
        ));
    }
    Ok(())
}

/// The same answer for a wrong login and a wrong password.
fn wrong() -> Error {
    Error::invalid(
        "password",
        "wrong",
        Text::new("登录名或密码不对，请再试一次。", "The sign-in name or the password is wrong; try again."),
    )
}

impl Engine {
    /// The user who has this login and password; `address` is where it was typed, for the audit.
    pub(super) async fn authenticate(&self, login: &str, password: &str, address: &str) -> Result<Uuid> {
        let now = self.now();
        let folded = zhike_text::fold(login);
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!(
                "SELECT c.user_id, c.password, c.failures, c.locked_until, u.name FROM credential c JOIN \"user\" u ON u.id = c.user_id \
                 WHERE u.deleted_at IS NULL AND u.login IN ($1, $2)",
                login,
                folded
            ))
            .await?;
        let Some(row) = row else {
            // as long as a real check takes, so that time does not tell which logins exist
            let _ = hash(password.chars().take(PASSWORD_MAX).collect()).await?;
            return Err(wrong());
        };
        let (user, stored, failures) = (row.must_id(0)?, row.must_text(1)?, row.must_int(2)?);
        if row.int(3)?.is_some_and(|until| until > now) {
            let minutes = (row.int(3)?.unwrap_or(now) - now).div_euclid(60_000) + 1;
            return Err(Error::TooMany(text!(
                "密码错误次数太多，请 {minutes} 分钟后再试。",
                "Too many wrong passwords. Try again in {minutes} minutes."
            )));
        }
        let right = password.chars().count() <= PASSWORD_MAX && verify(password.to_owned(), stored).await?;
        let mut tx = self.0.db.begin().await?;
        if right {
            tx.run(sql!("UPDATE credential SET failures = 0, locked_until = NULL WHERE user_id = $1", user)).await?;
        } else {
            let locks = failures + 1 - FAILURES_MAX;
            let until = (locks >= 0).then(|| now + (LOCK_FIRST << locks.min(10)).min(LOCK_MAX));
            tx.run(sql!(
                "UPDATE credential SET failures = failures + 1, locked_until = $1 WHERE user_id = $2",
                until,
                user
            ))
            .await?;
        }
        // who gives a wrong password is nobody yet
        let nobody = Actor { address: address.into(), ..Actor::system(crate::Source::Page) };
        if right {
            let actor = Actor { user_id: Some(user), name: row.must_text(4)?.into(), ..nobody };
            self.note(&mut tx, &actor, "sign-in", user).await?;
        } else {
            self.note(&mut tx, &nobody, "sign-in-failed", user).await?;
        }
        tx.commit().await?;
        if right { Ok(user) } else { Err(wrong()) }
    }

    /// An audit row about a user that changes no record.
    pub(super) async fn note(&self, tx: &mut Tx, actor: &Actor, action: &'static str, user: Uuid) -> Result<()> {
        let deed = Deed { record_id: Some(user), ..Deed::about(action, "user") };
        audit::record(tx, actor, self.now(), vec![deed]).await
    }

    /// The actor's own password; all other sessions of the user end.
    #[boxed]
    pub async fn change_password(&self, actor: &Actor, old: &str, new: &str) -> Result<()> {
        let me = actor.user_id.ok_or(Error::Unauthenticated)?;
        let row = self
            .0
            .db
            .read()
            .await?
            .row(sql!(
                "SELECT u.login, c.password FROM credential c JOIN \"user\" u ON u.id = c.user_id WHERE c.user_id = $1",
                me
            ))
            .await?
            .ok_or(Error::NotFound)?;
        if !verify(old.to_owned(), row.must_text(1)?).await? {
            return Err(Error::invalid("old", "wrong", Text::new("原密码不对。", "The old password is wrong.")));
        }
        check_password(new, &row.must_text(0)?)?;
        let hash = hash(new.to_owned()).await?;
        let now = self.now();
        let mut tx = self.0.db.begin().await?;
        tx.run(sql!("UPDATE credential SET password = $1, changed_at = $2 WHERE user_id = $3", hash, now, me)).await?;
        tx.run(sql!("DELETE FROM session WHERE user_id = $1", me)).await?;
        self.note(&mut tx, actor, "password", me).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    /// An administrator gives a user a login and a password.
    #[boxed]
    pub async fn set_credential(&self, actor: &Actor, user: Uuid, login: &str, password: &str) -> Result<()> {
        needs_duty(actor, "users")?;
        let mut tx = self.0.db.begin().await?;
        self.set_credential_in(&mut tx, actor, user, login, password).await?;
        tx.commit().await?;
        self.written();
        Ok(())
    }

    pub(super) async fn set_credential_in(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        user: Uuid,
        login: &str,
        password: &str,
    ) -> Result<()> {
        let login = zhike_text::fold(login);
        let fits = (2..=64).contains(&login.chars().count()) && !login.contains(char::is_whitespace);
        if !fits {
            return Err(Error::invalid(
                "login",
                "invalid",
                Text::new("登录名 2 到 64 个字符，不能有空格。", "A login has 2 to 64 characters and no blanks."),
            ));
        }
        check_password(password, &login)?;
        let model = self.model();
        let object = model.object("user").ok_or(Error::NotFound)?;
        let system = Actor { rights: std::sync::Arc::new(crate::Rights::everything()), ..actor.clone() };
        self.change_in(tx, &model, &system, object, user, None, &Input::default().set("login", login), None).await?;
        let hash = hash(password.to_owned()).await?;
        tx.run(sql!(
            "INSERT INTO credential (user_id, password, failures, locked_until, changed_at) VALUES ($1, $2, 0, NULL, $3) \
             ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, failures = 0, locked_until = NULL, changed_at = excluded.changed_at",
            user,
            hash,
            self.now()
        ))
        .await?;
        tx.run(sql!("DELETE FROM session WHERE user_id = $1", user)).await?;
        self.note(tx, actor, "credential", user).await
    }
}
