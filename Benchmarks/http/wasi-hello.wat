;; The same "hello there" as a component for wasi:http 0.2, for `wasmtime serve`, which reads this text as it is.
;;
;; An import names only what is used here; of that, the types have to be the interface's own, so `error-code` is whole.

(component
  (import "wasi:io/error@0.2.0" (instance $io-error
    (export "error" (type (sub resource)))
  ))
  (alias export $io-error "error" (type $error))

  (import "wasi:io/streams@0.2.0" (instance $io-streams
    (export "output-stream" (type $output-stream (sub resource)))
    (alias outer 1 $error (type $error-there))
    (export "error" (type $error (eq $error-there)))
    (type $stream-error-shape (variant (case "last-operation-failed" (own $error)) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error-shape)))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $output-stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))
  ))
  (alias export $io-streams "output-stream" (type $output-stream))

  (import "wasi:http/types@0.2.0" (instance $http
    (export "fields" (type $fields (sub resource)))
    (export "incoming-request" (type (sub resource)))
    (export "outgoing-response" (type $outgoing-response (sub resource)))
    (export "outgoing-body" (type $outgoing-body (sub resource)))
    (export "response-outparam" (type $response-outparam (sub resource)))
    (alias outer 1 $output-stream (type $output-stream-there))
    (export "output-stream" (type $output-stream (eq $output-stream-there)))

    (type $dns-shape (record (field "rcode" (option string)) (field "info-code" (option u16))))
    (export "DNS-error-payload" (type $dns (eq $dns-shape)))
    (type $tls-shape (record (field "alert-id" (option u8)) (field "alert-message" (option string))))
    (export "TLS-alert-received-payload" (type $tls (eq $tls-shape)))
    (type $field-size-shape (record (field "field-name" (option string)) (field "field-size" (option u32))))
    (export "field-size-payload" (type $field-size (eq $field-size-shape)))
    (type $error-code-shape (variant
      (case "DNS-timeout")
      (case "DNS-error" $dns)
      (case "destination-not-found")
      (case "destination-unavailable")
      (case "destination-IP-prohibited")
      (case "destination-IP-unroutable")
      (case "connection-refused")
      (case "connection-terminated")
      (case "connection-timeout")
      (case "connection-read-timeout")
      (case "connection-write-timeout")
      (case "connection-limit-reached")
      (case "TLS-protocol-error")
      (case "TLS-certificate-error")
      (case "TLS-alert-received" $tls)
      (case "HTTP-request-denied")
      (case "HTTP-request-length-required")
      (case "HTTP-request-body-size" (option u64))
      (case "HTTP-request-method-invalid")
      (case "HTTP-request-URI-invalid")
      (case "HTTP-request-URI-too-long")
      (case "HTTP-request-header-section-size" (option u32))
      (case "HTTP-request-header-size" (option $field-size))
      (case "HTTP-request-trailer-section-size" (option u32))
      (case "HTTP-request-trailer-size" $field-size)
      (case "HTTP-response-incomplete")
      (case "HTTP-response-header-section-size" (option u32))
      (case "HTTP-response-header-size" $field-size)
      (case "HTTP-response-body-size" (option u64))
      (case "HTTP-response-trailer-section-size" (option u32))
      (case "HTTP-response-trailer-size" $field-size)
      (case "HTTP-response-transfer-coding" (option string))
      (case "HTTP-response-content-coding" (option string))
      (case "HTTP-response-timeout")
      (case "HTTP-upgrade-failed")
      (case "HTTP-protocol-error")
      (case "loop-detected")
      (case "configuration-error")
      (case "internal-error" (option string))))
    (export "error-code" (type $error-code (eq $error-code-shape)))

    (export "[constructor]fields" (func (result (own $fields))))
    (export "[constructor]outgoing-response"
      (func (param "headers" (own $fields)) (result (own $outgoing-response))))
    (export "[method]outgoing-response.body"
      (func (param "self" (borrow $outgoing-response)) (result (result (own $outgoing-body)))))
    (export "[method]outgoing-body.write"
      (func (param "self" (borrow $outgoing-body)) (result (result (own $output-stream)))))
    (export "[static]outgoing-body.finish"
      (func (param "this" (own $outgoing-body)) (param "trailers" (option (own $fields)))
        (result (result (error $error-code)))))
    (export "[static]response-outparam.set"
      (func (param "param" (own $response-outparam))
        (param "response" (result (own $outgoing-response) (error $error-code)))))
  ))
  (alias export $http "incoming-request" (type $incoming-request))
  (alias export $http "response-outparam" (type $response-outparam))

  ;; The memory stands apart from the code, because the functions which the code imports need it first.
  (core module $Memory
    (memory (export "memory") 1)
    (data (i32.const 0) "hello there")
    ;; Asked for only when an error comes with a text. None is expected here, and a trap is seen as a status of 500.
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  )
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $bytes))
  (alias core export $memory "realloc" (core func $realloc))

  (core func $fields.new (canon lower (func $http "[constructor]fields")))
  (core func $response.new (canon lower (func $http "[constructor]outgoing-response")))
  (core func $response.body (canon lower (func $http "[method]outgoing-response.body") (memory $bytes)))
  (core func $response.set
    (canon lower (func $http "[static]response-outparam.set") (memory $bytes) (realloc $realloc)))
  (core func $body.write (canon lower (func $http "[method]outgoing-body.write") (memory $bytes)))
  (core func $body.finish
    (canon lower (func $http "[static]outgoing-body.finish") (memory $bytes) (realloc $realloc)))
  (core func $stream.write
    (canon lower (func $io-streams "[method]output-stream.blocking-write-and-flush") (memory $bytes)))
  (core func $stream.drop (canon resource.drop $output-stream))
  (core func $request.drop (canon resource.drop $incoming-request))

  (core module $Handler
    (import "memory" "memory" (memory 1))
    (import "host" "fields.new" (func $fields.new (result i32)))
    (import "host" "response.new" (func $response.new (param i32) (result i32)))
    (import "host" "response.body" (func $response.body (param i32 i32)))
    ;; The outparam; 0 for a response; the response; the rest is for error codes.
    (import "host" "response.set" (func $response.set (param i32 i32 i32 i32 i64 i32 i32 i32 i32)))
    (import "host" "body.write" (func $body.write (param i32 i32)))
    ;; The body; 0 for no trailers; the trailers; where the result goes.
    (import "host" "body.finish" (func $body.finish (param i32 i32 i32 i32)))
    (import "host" "stream.write" (func $stream.write (param i32 i32 i32 i32)))
    (import "host" "stream.drop" (func $stream.drop (param i32)))
    (import "host" "request.drop" (func $request.drop (param i32)))

    ;; A result lies at 64: its first byte tells whether it is an error, a handle follows at 68.
    (func $check
      (if (i32.load8_u (i32.const 64)) (then unreachable)))
    (func $handle-of-result (result i32)
      (call $check)
      (i32.load (i32.const 68)))

    (func (export "handle") (param $request i32) (param $outparam i32)
      (local $response i32) (local $body i32) (local $stream i32)
      (call $request.drop (local.get $request))
      (local.set $response (call $response.new (call $fields.new)))
      (call $response.body (local.get $response) (i32.const 64))
      (local.set $body (call $handle-of-result))
      (call $response.set (local.get $outparam) (i32.const 0) (local.get $response)
        (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0))
      (call $body.write (local.get $body) (i32.const 64))
      (local.set $stream (call $handle-of-result))
      (call $stream.write (local.get $stream) (i32.const 0) (i32.const 11) (i32.const 64))
      (call $check)
      (call $stream.drop (local.get $stream))
      (call $body.finish (local.get $body) (i32.const 0) (i32.const 0) (i32.const 64))
      (call $check))
  )
  (core instance $handler (instantiate $Handler
    (with "memory" (instance $memory))
    (with "host" (instance
      (export "fields.new" (func $fields.new))
      (export "response.new" (func $response.new))
      (export "response.body" (func $response.body))
      (export "response.set" (func $response.set))
      (export "body.write" (func $body.write))
      (export "body.finish" (func $body.finish))
      (export "stream.write" (func $stream.write))
      (export "stream.drop" (func $stream.drop))
      (export "request.drop" (func $request.drop))))))

  (func $handle (param "request" (own $incoming-request)) (param "response-out" (own $response-outparam))
    (canon lift (core func $handler "handle")))
  (instance $incoming-handler (export "handle" (func $handle)))
  (export "wasi:http/incoming-handler@0.2.0" (instance $incoming-handler))
)
