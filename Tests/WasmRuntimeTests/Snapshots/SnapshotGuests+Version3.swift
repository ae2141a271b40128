extension SnapshotGuest {
    static let tailCalls = SnapshotGuest(
        name: "functions that took the place of others, the outermost too", argument: 5,
        source: """
            (module
              (import "host" "ask" (func $ask (param i32 f64) (result i64)))
              (type $step (func (param i32 i64 i64) (result i64)))
              (table funcref (elem $even $ask))
              (func $odd (param $n i32) (param $x i64) (result i64) (local $i i32)
                (local.set $i (i32.const 2))
                (loop $again
                  (local.set $x (i64.mul (local.get $x) (i64.const 3)))
                  (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
                (if (i32.eqz (local.get $n)) (then (return (i64.add (local.get $x) (i64.const 1)))))
                (return_call_indirect (type $step)
                  (i32.sub (local.get $n) (i32.const 1)) (local.get $x) (i64.const 5) (i32.const 0)))
              (func $even (type $step) (local i64 f64)
                (if (i32.eqz (local.get 0)) (then
                  (return_call $ask (i32.const 4) (f64.const 2.5))))
                (return_call $odd (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (local.get 2))))
              (func $inner (param i32) (result i64)
                (i64.const 11)
                (call $even (local.get 0) (i64.const 1) (i64.const 2))
                (call $odd (i32.const 1) (i64.const 3))
                (i64.mul) (i64.sub))
              (func $outer (param i32 i64) (result i64)
                (i64.add (call $inner (local.get 0)) (local.get 1)))
              (func (export "run") (param i32) (result i64)
                (return_call $outer (local.get 0) (i64.const 1000))))
            """)

    static let memories = SnapshotGuest(
        name: "several memories, one of them grown", argument: 9,
        source: """
            (module
              (memory $a 1) (memory $b 1 4) (memory $c 0)
              (data (memory $b) (i32.const 9) "second")
              (func (export "run") (param $n i32) (result i64) (local $x i64)
                (drop (memory.grow $b (i32.const 2)))
                (loop $again
                  (i64.store $b (i32.add (i32.const 131072) (local.get $n)) (i64.extend_i32_u (local.get $n)))
                  (i32.store8 $a (local.get $n) (i32.const 77))
                  (local.set $x (i64.add (i64.mul (local.get $x) (i64.const 5))
                    (i64.load $b (i32.add (i32.const 131070) (local.get $n)))))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (memory.copy $a $b (i32.const 100) (i32.const 9) (i32.const 6))
                (i64.add (local.get $x) (i64.add (i64.load $a (i32.const 98))
                  (i64.extend_i32_u (i32.add (memory.size $b) (memory.size $c)))))))
            """)
}
