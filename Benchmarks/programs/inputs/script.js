function fib(n){return n<2?n:fib(n-1)+fib(n-2)}
let m=new Map(); for(let i=0;i<20000;i++) m.set('k'+i,i*i);
console.log(fib(22), m.get('k777'), JSON.stringify({a:[1,2,{b:"x"}]}), [3,1,2].sort().join(), /(\d+)-(\d+)/.exec("12-34")[2], 2n**100n, new Date(0).toISOString());
class A{#p=1;get p(){return this.#p}}; console.log(new A().p, [...'héllo'].length);
try { null.x } catch(e) { console.log(e instanceof TypeError) }
