extension SnapshotGuest {
    static let all = [
        loops, recursion, indirect, multipleValues, globals, growth, segments, asking, constants, references, twins,
        vectors, tailCalls, leaving, memories, exceptions,
    ]

    static let loops = SnapshotGuest(
        name: "loops with operands below them", argument: 5,
        source: """
            (module
              (func (export "run") (param $n i32) (result i64) (local $i i32) (local $x i64)
                (i64.const 7)
                (local.get $n)
                (f64.convert_i32_s (i32.add (local.get $n) (i32.const 2)))
                (f32.const 1.5)
                (loop $outer
                  (local.set $i (local.get $n))
                  (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                  (local.get $i)
                  (loop $inner
                    (local.set $x (i64.add (local.get $x) (i64.extend_i32_u (local.get $i))))
                    (br_if $inner (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
                  (i64.extend_i32_u)
                  (local.set $x (i64.add (local.get $x)))
                  (br_if $outer (local.get $n)))
                (f64.promote_f32) (f64.add) (i64.trunc_f64_s)
                (local.set $x (i64.add (local.get $x)))
                (i64.extend_i32_u) (local.get $x) (i64.add) (i64.mul)))
            """)

    static let recursion = SnapshotGuest(
        name: "recursion with values pending", argument: 7,
        source: """
            (module
              (func $fib (param i32) (result i64)
                (if (result i64) (i32.lt_s (local.get 0) (i32.const 2))
                  (then (i64.extend_i32_s (local.get 0)))
                  (else
                    (call $fib (i32.sub (local.get 0) (i32.const 2)))
                    (i64.add (call $fib (i32.sub (local.get 0) (i32.const 1)))))))
              (func (export "run") (param i32) (result i64)
                (i64.const 100)
                (i64.extend_i32_s (local.get 0))
                (call $fib (local.get 0))
                (local.set 0 (i32.const 9))
                (i64.mul) (i64.add)))
            """)

    static let indirect = SnapshotGuest(
        name: "indirect calls through a table that changes", argument: 6,
        source: """
            (module
              (import "host" "add" (func $add (param i64 i64) (result i64)))
              (type $binary (func (param i64 i64) (result i64)))
              (table $t 4 10 funcref)
              (elem (i32.const 0) $sub $mul)
              (elem declare func $add $sub)
              (func $sub (type $binary) (i64.sub (local.get 0) (local.get 1)))
              (func $mul (type $binary) (i64.mul (local.get 0) (local.get 1)))
              (func (export "run") (param $n i32) (result i64) (local $x i64)
                (local.set $x (i64.const 3))
                (table.set $t (i32.const 2) (ref.func $add))
                (drop (table.grow $t (ref.func $sub) (i32.const 2)))
                (loop $again
                  (local.get $x)
                  (local.set $x
                    (call_indirect $t (type $binary) (local.get $x) (i64.const 5)
                      (i32.rem_u (local.get $n) (i32.const 3))))
                  (local.set $x (i64.add (local.get $x)))
                  (table.set $t (i32.const 3) (table.get $t (i32.rem_u (local.get $n) (i32.const 2))))
                  (local.set $x (call_indirect $t (type $binary) (local.get $x) (i64.const 2) (i32.const 3)))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i64.add (local.get $x) (i64.extend_i32_u (table.size $t)))))
            """)

    static let multipleValues = SnapshotGuest(
        name: "several values through blocks, loops and calls", argument: 4,
        source: """
            (module
              (func $three (param i64 i32) (result i32 i64 f64)
                (i32.add (local.get 1) (i32.const 1)) (i64.add (local.get 0) (i64.const 2)) (f64.const 0.5))
              (func (export "run") (param $n i32) (result i64) (local $f f64)
                (i64.const 1) (local.get $n)
                (loop $again (param i64 i32) (result i64 i32)
                  (call $three)
                  (local.set $f (f64.add (local.get $f)))
                  (i64.const 3) (i64.mul)
                  (block $swap (param i32 i64) (result i64 i32)
                    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                    (i64.extend_i32_u (local.get $n)) (i64.add)
                    (i64.extend_i32_u (local.get $n)) (i64.add)
                    (i32.wrap_i64) (i32.add) (i64.extend_i32_s) (i32.const 2)
                    (loop (param i64 i32) (result i64 i32)
                      (local.set $f (f64.add (local.get $f) (f64.const 1)))
                      (call $three) (drop) (drop)
                      (i64.extend_i32_u) (local.set $f (f64.add (local.get $f) (f64.const 2))) (local.get $n)
                      (br $swap)))
                  (br_if $again (local.get $n)))
                (i64.extend_i32_u) (i64.add) (i64.trunc_f64_s (local.get $f)) (i64.add)))
            """)

    static let globals = SnapshotGuest(
        name: "own and imported globals", argument: 6,
        source: """
            (module
              (import "host" "counter" (global $counter (mut i64)))
              (import "host" "step" (global $step f64))
              (global $own (mut f32) (f32.const -0.5))
              (global $bits (mut f64) (f64.const nan:0x4000000000123))
              (global $fixed i32 (i32.const -3))
              (global $function (mut funcref) (ref.null func))
              (func $keep (export "keep"))
              (func (export "run") (param $n i32) (result i64)
                (global.set $function (ref.func $keep))
                (loop $again
                  (global.set $counter (i64.add (global.get $counter) (i64.extend_i32_s (global.get $fixed))))
                  (global.set $own (f32.add (global.get $own) (f32.demote_f64 (global.get $step))))
                  (global.set $bits (f64.neg (global.get $bits)))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i64.add (global.get $counter) (i64.extend_i32_u (i32.reinterpret_f32 (global.get $own))))
                (i64.xor (i64.reinterpret_f64 (global.get $bits)))
                (i64.add (i64.extend_i32_u (ref.is_null (global.get $function))))))
            """)

    static let growth = SnapshotGuest(
        name: "a memory that grows and is mostly empty", argument: 5,
        source: """
            (module
              (memory (export "memory") 1 20)
              (data (i32.const 10) "the first page")
              (data (i32.const 65530) "edge")
              (func (export "run") (param $n i32) (result i64) (local $x i64) (local $at i32)
                (memory.fill (i32.const 0) (i32.const 0) (i32.const 4096))
                (loop $again
                  (drop (memory.grow (i32.const 3)))
                  (local.set $at (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 16)))
                  (i64.store (local.get $at) (i64.extend_i32_u (local.get $n)))
                  (local.set $x (i64.add (i64.mul (local.get $x) (i64.const 31)) (i64.load offset=8 (local.get $at))))
                  (local.set $x (i64.add (local.get $x) (i64.load (i32.sub (local.get $at) (i32.const 196608)))))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i64.add (local.get $x) (i64.load (i32.const 65528)))
                (i64.add (i64.extend_i32_u (memory.grow (i32.const 5))))))
            """)

    static let segments = SnapshotGuest(
        name: "passive segments, used and dropped", argument: 3,
        source: """
            (module
              (memory 1)
              (table 8 funcref)
              (data $used "0123456789")
              (data $kept "abcdef")
              (elem $functions func $one $two)
              (elem $others func $two $one $two)
              (type $get (func (result i64)))
              (func $one (result i64) (i64.const 1))
              (func $two (result i64) (i64.const 2))
              (func (export "run") (param $n i32) (result i64)
                (memory.init $used (i32.const 100) (i32.const 2) (i32.const 4))
                (data.drop $used)
                (table.init $functions (i32.const 1) (i32.const 0) (i32.const 2))
                (elem.drop $functions)
                (loop $again
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (memory.init $used (i32.const 0) (i32.const 0) (i32.const 0))
                (memory.init $kept (i32.const 104) (i32.const 1) (i32.const 4))
                (table.init $others (i32.const 3) (i32.const 0) (i32.const 3))
                (i64.load (i32.const 100))
                (i64.add (call_indirect (type $get) (i32.const 2)))
                (i64.add (call_indirect (type $get) (i32.const 4)))))
            """)

    static let asking = SnapshotGuest(
        name: "host calls deep inside", argument: 4,
        source: """
            (module
              (import "host" "ask" (func $ask (param i32 f64) (result i64)))
              (import "host" "add" (func $add (param i64 i64) (result i64)))
              (type $question (func (param i32 f64) (result i64)))
              (table funcref (elem $ask))
              (memory 1)
              (func $deep (param $n i32) (param $f f32) (result i64) (local $kept i64)
                (local.set $kept (i64.const 1000))
                (local.get $kept)
                (if (result i64) (i32.eqz (local.get $n))
                  (then (i64.const 1) (call $ask (i32.const 5) (f64.const 2.5)) (i64.add))
                  (else
                    (i64.load32_u (i32.const 8))
                    (call_indirect (type $question) (local.get $n) (f64.promote_f32 (local.get $f)) (i32.const 0))
                    (i64.add)
                    (call $deep (i32.sub (local.get $n) (i32.const 1)) (f32.add (local.get $f) (f32.const 1)))
                    (i64.add)))
                (call $add))
              (func (export "run") (param i32) (result i64)
                (i32.store (i32.const 8) (i32.const 77))
                (i64.const -1) (call $deep (local.get 0) (f32.const 0.5)) (i64.xor)))
            """)

    static let constants = SnapshotGuest(
        name: "more constants than there are slots for", argument: 3,
        source: """
            (module
              (func $same (param f64) (result f64) (local.get 0))
              (func (export "run") (param $n i32) (result i64) (local $x f64) (local $bits i64)
                (f64.const 0.125) (i64.const 0x123456789abcdef)
                (loop $again
            \((0..<40).map { "(local.set $x (f64.add (local.get $x) (f64.const \($0).5)))" }.joined(separator: "\n"))
                  (f64.const 2.25)
                  (local.set $x (f64.mul (call $same (local.get $x))))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i64.trunc_f64_s (local.get $x)) (i64.xor)
                (i64.xor (i64.reinterpret_f64 (local.get $x))) (local.set $bits)
                (i64.reinterpret_f64) (i64.xor (local.get $bits))))
            """)

    static let references = SnapshotGuest(
        name: "references as locals and operands", argument: 4,
        source: """
            (module
              (import "host" "ask" (func $ask (param i32 f64) (result i64)))
              (table $calls 2 funcref)
              (table $things 3 externref)
              (elem declare func $seven $ask)
              (type $get (func (result i64)))
              (func $seven (result i64) (i64.const 7))
              (func $choose (param $f funcref) (param $n i32) (result funcref)
                (select (result funcref) (local.get $f) (ref.null func) (local.get $n)))
              (func (export "run") (param $n i32) (result i64) (local $f funcref) (local $e externref) (local $x i64)
                (local.set $f (ref.func $seven))
                (table.set $things (i32.const 1) (local.get $e))
                (loop $again
                  (ref.func $seven) (ref.func $ask) (local.get $e)
                  (local.get $x)
                  (table.set $calls (i32.const 1) (call $choose (local.get $f) (i32.const 1)))
                  (i64.add (call_indirect $calls (type $get) (i32.const 1)))
                  (local.set $x)
                  (ref.is_null) (i64.extend_i32_u) (i64.add (local.get $x)) (local.set $x)
                  (ref.is_null) (i64.extend_i32_u) (i64.add (local.get $x)) (local.set $x)
                  (local.set $f)
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (local.get $x)))
            """)

    static let twins = SnapshotGuest(
        name: "stop points that share their code", argument: 2,
        source: """
            (module
              (global $g (mut i64) (i64.const 0))
              (func $bare
                (loop $a (loop $b
                  (global.set $g (i64.add (global.get $g) (i64.const 1)))
                  (br_if $b (i64.lt_u (i64.rem_u (global.get $g) (i64.const 5)) (i64.const 4)))
                  (br_if $a (i64.lt_u (global.get $g) (i64.const 12))))))
              (func $after (param i64) (result i64) (local i32)
                (local.get 0)
                (call $bare)
                (loop $l (call $bare) (loop $m
                  (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                  (br_if $l (i32.lt_u (local.get 1) (i32.const 3)))))
                (i64.extend_i32_u (local.get 1)) (i64.mul))
              (func (export "run") (param i32) (result i64)
                (call $after (call $after (i64.extend_i32_u (local.get 0)))) (i64.add (global.get $g))))
            """)

    static let vectors = SnapshotGuest(
        name: "vectors as locals, operands, constants, globals and arguments", argument: 3,
        source: """
            (module
              (import "host" "mix" (func $mix (param i32 v128 i64) (result v128)))
              (global $g (mut v128) (v128.const i32x4 1 2 3 4))
              (type $unary (func (param v128 i32) (result i32 v128)))
              (table funcref (elem $step))
              (func $step (type $unary) (local $n i32) (local $v v128)
                (local.set $v (local.get 0))
                (loop $l
                  (local.set $v (i32x4.add (local.get $v) (i32x4.splat (local.get 1))))
                  (br_if $l (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 3))))
                (i32.add (local.get $n) (local.get 1)) (local.get $v))
              (func (export "run") (param $n i32) (result i64) (local $v v128) (local $k i32) (local $w v128)
                (local.set $w (v128.const i64x2 0x1122334455667788 0x99aabbccddeeff00))
                (i64.const 3)
                (local.get $w)
                (v128.const f64x2 0.5 -2.25)
                (loop $again
                  (local.get $v) (local.get $n) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15)
                  (local.set $v (call $mix (local.get $n) (local.get $w) (i64.const 7)))
                  (call_indirect (type $unary) (local.get $v) (local.get $n) (i32.const 0))
                  (global.set $g (i64x2.add (global.get $g)))
                  (local.set $k)
                  (local.set $w (v128.xor (local.get $w)))
                  (local.set $k (i32.add (local.get $k)))
                  (local.set $v (i16x8.add (local.get $v)))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (v128.xor) (v128.xor (local.get $v)) (v128.xor (global.get $g)) (local.set $v)
                (i64.add (i64.extend_i32_u (local.get $k)))
                (i64.xor (i64x2.extract_lane 0 (local.get $v))) (i64.xor (i64x2.extract_lane 1 (local.get $v)))))
            """)

    static let tailCalls = SnapshotGuest(
        name: "functions that leave their place to others", argument: 5,
        source: """
            (module
              (import "host" "ask" (func $ask (param i32 f64) (result i64)))
              (import "host" "add" (func $add (param i64 i64) (result i64)))
              (type $few (func (param i32) (result i64)))
              (table funcref (elem $odd $even))
              (func $even (type $few) (local i64)
                (local.set 1 (i64.const 12))
                (if (i32.eqz (local.get 0)) (then (return_call $add (local.get 1) (i64.const 30))))
                (return_call_indirect (type $few) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
              (func $odd (type $few)
                (if (i32.eqz (local.get 0)) (then (return_call $ask (i32.const 4) (f64.const 2))))
                (return_call $many (i64.const 1) (i64.const 2) (f64.const 3) (local.get 0)))
              (func $many (param i64 i64 f64 i32) (result i64) (local i32)
                (loop $l
                  (local.set 4 (i32.add (local.get 4) (i32.const 1)))
                  (br_if $l (i32.lt_u (local.get 4) (local.get 3))))
                (return_call $even (i32.sub (local.get 3) (i32.const 1))))
              (func (export "run") (param i32) (result i64)
                (i64.const 1000)
                (i64.add (call $even (local.get 0)))
                (i64.add (call_indirect (type $few) (i32.const 4) (i32.const 1)))))
            """)

    static let leaving = SnapshotGuest(
        name: "an outermost function that leaves its place to the host", argument: 3,
        source: """
            (module
              (import "host" "ask" (func $ask (param i32 f64) (result i64)))
              (func $go (param i32 f64) (result i64)
                (if (i32.eqz (local.get 0)) (then (return_call $ask (i32.const 4) (local.get 1))))
                (return_call $go (i32.sub (local.get 0) (i32.const 1)) (f64.add (local.get 1) (f64.const 1.5))))
              (func (export "run") (param i32) (result i64)
                (loop $l (br_if $l (i32.eqz (local.tee 0 (i32.add (local.get 0) (i32.const 1))))))
                (return_call $go (local.get 0) (f64.const 0.5))))
            """)

    static let memories = SnapshotGuest(
        name: "several memories, and addresses of 64 bits", argument: 6,
        source: """
            (module
              (memory $a 1) (memory $b i64 1 9) (memory $c 2)
              (data (memory $c) (i32.const 70000) "at the end")
              (func (export "run") (param $n i32) (result i64)
                (loop $again
                  (drop (memory.grow $b (i64.const 1)))
                  (i64.store $b (i64.extend_i32_u (i32.mul (local.get $n) (i32.const 20000)))
                    (i64.extend_i32_u (local.get $n)))
                  (i32.store $c (i32.add (local.get $n) (i32.const 70002)) (local.get $n))
                  (i64.store $a (i32.const 8)
                    (i64.add (i64.load $a (i32.const 8)) (i64.load32_u $c (i32.const 70003))))
                  (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                (i64.add (i64.load $a (i32.const 8)) (i64.load $b (i64.const 20000)))
                (i64.add (memory.size $b))))
            """)
}
