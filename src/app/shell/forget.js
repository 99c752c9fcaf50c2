{const forget=()=>indexedDB.deleteDatabase("onrecord"),sent=document.querySelector(".govuk-panel--confirmation");
if(sent)forget();
addEventListener("submit",(e)=>{if(e.target.getAttribute("action")==="/complaint/start-again"){forget();sent||indexedDB.deleteDatabase("onrecord-files")}})}
