extension WAT {
    /// An actor of the classic guest ABI in the text format: the imports, a memory, and a `__guest_call` that fetches its
    /// request (operation to 1024, payload to 4096) before the handler begins.
    /// - Parameters:
    ///   - handler: leaves what `__guest_call` returns. Knows `$operation` and `$payload`, the sizes of the two, and the
    ///     functions `$respond`, `$fail`, `$host_call`, `$response_len`, `$response`, `$error_len`, `$error` and `$log`.
    ///   - fields: further fields of the module.
    public static func actor(
        _ handler: String, fields: String = "", memory: String = "(memory (export \"memory\") 4)"
    ) -> String {
        """
        (module
          (import "wasmbus" "__guest_request" (func $request (param i32 i32)))
          (import "wasmbus" "__guest_response" (func $respond (param i32 i32)))
          (import "wasmbus" "__guest_error" (func $fail (param i32 i32)))
          (import "wasmbus" "__host_call" (func $host_call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
          (import "wasmbus" "__host_response_len" (func $response_len (result i32)))
          (import "wasmbus" "__host_response" (func $response (param i32)))
          (import "wasmbus" "__host_error_len" (func $error_len (result i32)))
          (import "wasmbus" "__host_error" (func $error (param i32)))
          (import "wasmbus" "__console_log" (func $log (param i32 i32)))
          \(memory)
          \(fields)
          (func (export "__guest_call") (param $operation i32) (param $payload i32) (result i32)
            (call $request (i32.const 1024) (i32.const 4096))
            \(handler)))
        """
    }

    /// What a handler does that passes its payload on and answers with what comes back, or fails with the host's error.
    /// - Parameters: the texts in memory, each as address and size.
    public static func passOn(
        binding: (Int, Int), namespace: (Int, Int), operation: (Int, Int)
    ) -> String {
        """
        (if (i32.eq (i32.const 1)
              (call $host_call (i32.const \(binding.0)) (i32.const \(binding.1))
                (i32.const \(namespace.0)) (i32.const \(namespace.1))
                (i32.const \(operation.0)) (i32.const \(operation.1))
                (i32.const 4096) (local.get $payload)))
          (then
            (call $response (i32.const 8192))
            (call $respond (i32.const 8192) (call $response_len))
            (return (i32.const 1))))
        (call $error (i32.const 8192))
        (call $fail (i32.const 8192) (call $error_len))
        i32.const 0
        """
    }
}
