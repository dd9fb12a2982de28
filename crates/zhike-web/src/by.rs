//! How an address reaches its function: `get(by(team::show))`.
//!
//! The web framework compiles all that it does around a handler (reading its arguments, refusing, wrapping) anew for each. Here that is
//! done once for all that read the same from a request, and a handler adds little but itself: of some three hundred handlers that is a
//! sixth of this crate's machine code.

use std::{pin::Pin, sync::Arc};

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    handler::Handler,
    response::{IntoResponse, Response},
};

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A handler whose type says no more than what state it reads.
pub struct By<S>(Arc<dyn Fn(Request, S) -> Later<Response> + Send + Sync>);

impl<S> Clone for By<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: 'static> Handler<(), S> for By<S> {
    type Future = Later<Response>;

    fn call(self, request: Request, state: S) -> Self::Future {
        (self.0)(request, state)
    }
}

/// An asynchronous function as a handler: its last argument may read the body, those before it the head of the request.
pub fn by<A, S>(handler: impl Takes<A, S>) -> By<S> {
    By(Arc::new(move |request, state| handler.take(request, state)))
}

/// Functions of none to six arguments that are read from a request.
pub trait Takes<A, S>: Send + Sync + 'static {
    fn take(&self, request: Request, state: S) -> Later<Response>;
}

impl<F, Fut, R, S> Takes<((),), S> for F
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = R> + Send + 'static,
    R: IntoResponse,
{
    fn take(&self, _: Request, _: S) -> Later<Response> {
        let answer = self();
        Box::pin(async move { answer.await.into_response() })
    }
}

macro_rules! takes {
    ($read:ident: $($head:ident)* ; $last:ident) => {
        /// Reads the arguments; a refusal is the answer.
        #[allow(non_snake_case, unused_mut, clippy::allow_attributes, reason = "one text for all numbers of arguments")]
        fn $read<S, M, $($head,)* $last>(request: Request, state: S) -> Later<Result<($($head,)* $last,), Response>>
        where
            S: Send + Sync + 'static,
            M: 'static,
            $($head: FromRequestParts<S> + Send + 'static,)*
            $last: FromRequest<S, M> + Send + 'static,
        {
            Box::pin(async move {
                let (mut head, body) = request.into_parts();
                $(let $head = $head::from_request_parts(&mut head, &state).await.map_err(IntoResponse::into_response)?;)*
                let request = Request::from_parts(head, body);
                let $last = $last::from_request(request, &state).await.map_err(IntoResponse::into_response)?;
                Ok(($($head,)* $last,))
            })
        }

        #[allow(non_snake_case, clippy::allow_attributes, reason = "one text for all numbers of arguments")]
        impl<F, Fut, R, S, M, $($head,)* $last> Takes<(M, $($head,)* $last,), S> for F
        where
            F: Fn($($head,)* $last) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = R> + Send + 'static,
            R: IntoResponse,
            S: Send + Sync + 'static,
            M: 'static,
            $($head: FromRequestParts<S> + Send + 'static,)*
            $last: FromRequest<S, M> + Send + 'static,
        {
            fn take(&self, request: Request, state: S) -> Later<Response> {
                let handler = self.clone();
                let read = $read::<S, M, $($head,)* $last>(request, state);
                Box::pin(async move {
                    match read.await {
                        Ok(($($head,)* $last,)) => handler($($head,)* $last).await.into_response(),
                        Err(refused) => refused,
                    }
                })
            }
        }
    };
}

takes!(read_one: ; A);
takes!(read_two: A; B);
takes!(read_three: A B; C);
takes!(read_four: A B C; D);
takes!(read_five: A B C D; E);
takes!(read_six: A B C D E; F6);
