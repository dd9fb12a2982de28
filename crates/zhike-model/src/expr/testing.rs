//! Random well-typed expressions and records over a model.
