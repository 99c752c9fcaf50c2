//! Taking out of the Wasm what is never called but what no compiler can see is never called.
//!
//! Every type-erased view of Leptos carries a table with a function for each way to bring it to life. One of them,
//! `hydrate_async`, serves only `leptos::mount::hydrate_lazy`; we start with `hydrate_body`. Since the table is data, all of
//! it stays: an eighth of the code. Here those functions lose their bodies, and with them what only they use.
//!
//! Could the compiler have merged one of them with a function that is needed? No: each holds the place in the source that its
//! own panic would name (an async function "resumed after completion"), so it is the same as no function of another source
//! line. Besides, the browser tests run on the very Wasm that is served: a body that was needed after all fails them.

use anyhow::{Context, Result, bail};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// What the mangled names of these functions, and of the futures in them, have in common.
const ASYNC_HYDRATION: &str = "13hydrate_async";

/// The entry point that would call them. With it in the Wasm nothing may be taken out.
const ASYNC_ENTRY: &str = "hydrate_from_async";

/// Bytes. Shorter functions stay: they are too small to hold such a place, and not worth it.
const SHORTEST: u64 = 64;

/// The module with the functions of asynchronous hydration made to trap.
///
/// # Errors
/// When it is not a Wasm module, or when it does hydrate asynchronously.
pub fn without_async_hydration(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(wasm).context("cannot read the compiled Wasm")?;
    if module
        .funcs
        .iter()
        .any(|function| function.name.as_deref().is_some_and(|name| name.contains(ASYNC_ENTRY)))
    {
        bail!("the app hydrates asynchronously now: take the pruning out of xtask/src/assets/wasm.rs");
    }
    let needless: Vec<FunctionId> = module
        .funcs
        .iter_local()
        .filter(|(id, body)| {
            let name = module.funcs.get(*id).name.as_deref();
            name.is_some_and(|name| name.contains(ASYNC_HYDRATION)) && body.size() >= SHORTEST
        })
        .map(|(id, _)| id)
        .collect();
    for id in needless {
        let kind = module.types.get(module.funcs.get(id).ty());
        let (parameters, results) = (kind.params().to_vec(), kind.results().to_vec());
        let arguments = parameters.iter().map(|kind| module.locals.add(*kind)).collect();
        let mut trap = FunctionBuilder::new(&mut module.types, &parameters, &results);
        trap.func_body().unreachable();
        module.funcs.get_mut(id).kind = FunctionKind::Local(trap.local_func(arguments));
    }
    walrus::passes::gc::run(&mut module);
    Ok(module.emit_wasm())
}
