//! People who register, sign in and do things.

use anyhow::{Context, Result};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Answer, Client};

/// What a person signs in with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Somebody who has not registered yet.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What they will sign in with.
    pub credentials: Credentials,
    /// The name that others see.
    pub display_name: String,
}

impl NewPerson {
    /// Somebody whom no other test knows; the name begins as given.
    pub fn named(name: &str) -> Self {
        let unique = Uuid::now_v7().simple().to_string();
        let email = format!("{}.{unique}@people.example.org", name.to_lowercase().replace(' ', "-"));
        let password = "a quiet harbour at dawn".to_owned();
        Self {
            credentials: Credentials { email, password },
            display_name: format!("{name} {}", unique.split_at(20).1),
        }
    }

    /// The body of their registration.
    pub fn registration(&self) -> Value {
        json!({
            "email": self.credentials.email,
            "password": self.credentials.password,
            "display_name": self.display_name,
        })
    }
}

/// An access token and the refresh token that came with it.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Shown with every request.
    pub access: String,
    /// Exchanged for new tokens, once.
    pub refresh: String,
}

impl Tokens {
    /// Takes them from an answer to a sign-in or a refresh.
    pub fn from_answer(answer: &Answer) -> Result<Self> {
        let body = answer.json()?;
        let text = |name: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .with_context(|| format!("{name} in {answer}"))
        };
        Ok(Self { access: text("access_token")?, refresh: text("refresh_token")? })
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their client.
    pub client: Client,
    /// The user's id.
    pub id: String,
    /// What they signed in with.
    pub credentials: Credentials,
    /// The name that others see, as it was registered.
    pub display_name: String,
    /// The session's tokens.
    pub tokens: Tokens,
}

impl Person {
    /// A request with this person's token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, path).bearer_auth(&self.tokens.access)
    }

    /// GET as this person.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// POST of JSON as this person.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        Answer::to(self.request(Method::POST, path).json(body)).await
    }

    /// PUT of JSON as this person.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        Answer::to(self.request(Method::PUT, path).json(body)).await
    }
}

impl Client {
    /// Registers somebody.
    pub async fn register(&self, person: &NewPerson) -> Result<Answer> {
        self.post("/api/v1/auth/register", &person.registration()).await
    }

    /// Signs in, whatever comes of it.
    pub async fn login(&self, credentials: &Credentials) -> Result<Answer> {
        let body = json!({ "email": credentials.email, "password": credentials.password });
        self.post("/api/v1/auth/login", &body).await
    }

    /// Signs in somebody who is known.
    pub async fn sign_in(&self, credentials: &Credentials) -> Result<Person> {
        let answer = self.login(credentials).await?.expect(200).context("sign in")?;
        let tokens = Tokens::from_answer(&answer)?;
        let me = Answer::to(self.request(Method::GET, "/api/v1/auth/me").bearer_auth(&tokens.access)).await?;
        let me = me.expect(200).context("ask who signed in")?.json()?;
        let text = |name: &str| me.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Person {
            client: self.clone(),
            id: text("user_id").with_context(|| format!("user_id in {me}"))?,
            credentials: credentials.clone(),
            display_name: text("display_name").unwrap_or_default(),
            tokens,
        })
    }

    /// Registers somebody new and signs them in.
    pub async fn newcomer(&self, name: &str) -> Result<Person> {
        let person = NewPerson::named(name);
        self.register(&person).await?.expect(201).context("register")?;
        let signed_in = self.sign_in(&person.credentials).await?;
        Ok(Person { display_name: person.display_name, ..signed_in })
    }
}
