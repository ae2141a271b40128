/// Calls that take the place of their caller.
extension FunctionValidator {
    mutating func tailCall(_ code: Int) throws(ModuleError) {
        let callee = code == 0x12 ? types[Int(contents.functions[try functionIndex()])] : try indirectCallee()
        guard callee.results.elementsEqual(control[0].signature.results) else {
            throw mismatch("a tail call must give what its function gives")
        }
        summary.hasTailCalls = true
        try pop(callee.parameters)
        becomeUnreachable()
    }
}
