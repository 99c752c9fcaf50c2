//! Removes functions from the Wasm that are never called, although no compiler can prove it.
//!
//! Every type-erased view of Leptos has a table with a function for each way to hydrate it. One of them, `hydrate_async`,
//! serves only `leptos::mount::hydrate_lazy`; this app starts with `hydrate_from`. Since the table is data, all of these
//! functions stay: an eighth of the code. Here they lose their bodies, and with them all code that only they use.
//!
//! The compiler cannot have merged one of them with a function that is needed. Each holds the source location that its own
//! panic (an async function "resumed after completion") would name. So it equals no function of another source line. Besides,
//! the browser tests run on the Wasm that is served: if a body was needed after all, they fail.

use anyhow::{Context, Result, bail};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// The common part of the mangled names of these functions and of the futures in them.
const ASYNC_HYDRATION: &str = "13hydrate_async";

/// The entry point that would call them. If the Wasm contains it, nothing may be removed.
const ASYNC_ENTRY: &str = "hydrate_from_async";

/// The shortest function that is removed, in bytes. Shorter ones hold no source location and are not worth it.
const SHORTEST: u64 = 64;

/// Returns the module with the functions of asynchronous hydration replaced by traps.
///
/// Fails if the app does hydrate asynchronously.
pub fn without_async_hydration(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut module = Module::from_buffer(wasm).context("cannot read the compiled Wasm")?;
    if module
        .funcs
        .iter()
        .any(|function| function.name.as_deref().is_some_and(|name| name.contains(ASYNC_ENTRY)))
    {
        bail!("the app now hydrates asynchronously: remove the pruning from xtask/src/assets/wasm.rs");
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
