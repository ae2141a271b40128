/// A module as its sections list it. Index spaces have the imports first.
struct ModuleContents {
    var types: [FunctionType] = []
    var imports: [ImportEntry] = []
    /// Type index of each function.
    var functions: [UInt32] = []
    var tables: [TableType] = []
    /// What the elements of tables are at first, where it is not null; by the table's index.
    var tableValues: [Int: ConstantExpression] = [:]
    var memories: [MemoryType] = []
    var globals: [GlobalType] = []
    /// One for each global that is not imported.
    var globalValues: [ConstantExpression] = []
    /// Where each global that is not imported has its cell, in slots from the first one's.
    var globalSlots: [Int32] = []
    /// Slots of their cells together.
    var ownGlobalSlots: Int32 = 0
    /// Type index of each tag.
    var tags: [UInt32] = []
    var exports: [ExportEntry] = []
    var start: UInt32?
    var elements: [ElementSegment] = []
    var data: [DataSegment] = []
    var dataCount: Int?
    /// One for each function that is not imported: locals and instructions, without the length before them.
    var bodies: [Range<Int>] = []
    var customSections: [CustomSection] = []

    var importedFunctionCount = 0
    var importedTableCount = 0
    var importedMemoryCount = 0
    var importedGlobalCount = 0
    var importedTagCount = 0

    func type(ofFunction index: Int) -> FunctionType { types[Int(functions[index])] }
    func type(ofTag index: Int) -> FunctionType { types[Int(tags[index])] }
}

struct ImportEntry {
    let module: String
    let name: String
    let type: ExternalType
}

enum ExternalKind: UInt8 {
    case function = 0
    case table = 1
    case memory = 2
    case global = 3
    case tag = 4
}

struct ExportEntry {
    let name: String
    let kind: ExternalKind
    let index: Int
    let offset: Int
}

struct CustomSection {
    let name: String
    /// The bytes behind the name.
    let payload: Range<Int>
}

struct ElementSegment {
    enum Mode {
        case passive
        case declarative
        case active(table: Int, offset: ConstantExpression)
    }
    enum Items {
        case functions([UInt32])
        case expressions([ConstantExpression])

        var count: Int {
            switch self {
            case .functions(let indices): indices.count
            case .expressions(let expressions): expressions.count
            }
        }
    }
    let mode: Mode
    let type: ValueType
    let items: Items
    let offset: Int
}

struct DataSegment {
    enum Mode {
        case passive
        case active(memory: Int, offset: ConstantExpression)
    }
    let mode: Mode
    let bytes: Range<Int>
    let offset: Int
}
