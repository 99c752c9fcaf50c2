{const root=document.documentElement.dataset,
each=(name,store,options,gone)=>{try{const asked=indexedDB.open(name);asked.onupgradeneeded=()=>asked.result.createObjectStore(store,options);
asked.onsuccess=()=>{const db=asked.result;db.onversionchange=()=>db.close();
db.transaction(store,"readwrite").objectStore(store).openCursor().onsuccess=({target:{result:at}})=>{if(!at)return db.close();gone(at)&&at.delete();at.continue()}}}catch{}},
records=(gone)=>each("onrecord","kept",undefined,gone),
forget=(number)=>{records((at)=>at.key===number);each("onrecord-files","files",{keyPath:"key"},(at)=>(at.value.of??"draft")===number)};
if(!("shared"in root)){
if(document.querySelector(".govuk-panel--confirmation"))records((at)=>at.key===root.draft);
else if("held"in root)records(({key,value:{waiting,queue}})=>!root.held.split(" ").includes(key)&&!queue&&!Object.keys(waiting??{}).length);
addEventListener("submit",({target})=>{const to=new URL(target.getAttribute("action")??"",location),{number}=target.elements;
if(to.pathname==="/complaint/start-again")forget(to.searchParams.get("draft"));
if(to.pathname==="/unfinished"&&number&&target.querySelector("[name=sure]"))forget(number.value)})}}
