/// What is wrong with the value of an argument; the parser puts the argument's name before it.
struct ArgumentProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
