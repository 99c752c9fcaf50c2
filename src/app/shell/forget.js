{const forget=()=>indexedDB.deleteDatabase("onrecord");
if(document.querySelector(".govuk-panel--confirmation"))forget();
addEventListener("submit",(e)=>e.target.getAttribute("action")==="/complaint/start-again"&&forget())}
