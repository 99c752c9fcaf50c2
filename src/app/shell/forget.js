{const root=document.documentElement.dataset,
each=(name,store,options,gone)=>{try{const asked=indexedDB.open(name);asked.onupgradeneeded=()=>asked.result.createObjectStore(store,options);
asked.onsuccess=()=>{const db=asked.result;db.onversionchange=()=>db.close();
db.transaction(store,"readwrite").objectStore(store).openCursor().onsuccess=({target:{result:at}})=>{if(!at)return db.close();gone(at)&&at.delete();at.continue()}}}catch{}},
records=(gone)=>each("onrecord","kept",undefined,gone),
typed=(gone)=>{try{for(const name of Object.keys(localStorage)){const[mark,of]=name.split(" ");
if(mark==="typed"&&gone(of,name))localStorage.removeItem(name)}}catch{}},
forget=(number)=>{typed((of)=>of===number);records((at)=>at.key===number);each("onrecord-files","files",{keyPath:"key"},(at)=>(at.value.of??"draft")===number)};
if(!("shared"in root)){
if(document.querySelector(".govuk-panel--confirmation")){records((at)=>at.key===root.draft);typed((of)=>of===root.draft)}
else if("held"in root){typed((of,name)=>/^[a-z0-9]+$/.test(of)&&!root.held.split(" ").includes(of)&&/"unsent":{}/.test(localStorage[name]));records(({key,value:{waiting,queue}})=>!root.held.split(" ").includes(key)&&!queue&&!Object.keys(waiting??{}).length)}
addEventListener("submit",({target})=>{const to=new URL(target.getAttribute("action")??"",location),{number}=target.elements;
if(to.pathname==="/complaint/start-again")forget(to.searchParams.get("draft"));
if(to.pathname==="/unfinished"&&number&&target.querySelector("[name=sure]"))forget(number.value)})}}
