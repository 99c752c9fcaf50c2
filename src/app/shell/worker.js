try{if(navigator.serviceWorker&&!("shared"in document.documentElement.dataset))navigator.serviceWorker.register("/service-worker.js",{updateViaCache:"none"}).catch(()=>{})}catch{}
