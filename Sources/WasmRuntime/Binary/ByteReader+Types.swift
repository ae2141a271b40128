extension ByteReader {
    mutating func valueType(features: WasmFeatures) throws(ModuleError) -> ValueType {
        let at = position
        let code = try byte()
        switch code {
        case 0x7C...0x7F: return ValueType(rawValue: UInt32(code))
        case 0x7B:
            guard features.contains(.simd) else { throw ModuleError(.unsupported, "v128: SIMD is off", at: at) }
            return .v128
        default:
            rewind(to: at)
            return try referenceType(features: features)
        }
    }

    mutating func referenceType(features: WasmFeatures) throws(ModuleError) -> ValueType {
        let at = position
        let code = try byte()
        switch code {
        case 0x70, 0x6F:
            guard features.contains(.referenceTypes) else {
                throw ModuleError(.unsupported, "reference types are off", at: at)
            }
            return ValueType(rawValue: UInt32(code))
        case 0x69:
            guard features.contains(.exceptions) else {
                throw ModuleError(.unsupported, "exnref: exceptions are off", at: at)
            }
            return .exnRef
        case 0x63, 0x64, 0x6A...0x6E, 0x71...0x74:
            throw ModuleError(.unsupported, "typed references are not implemented", at: at)
        default:
            throw ModuleError(.malformed, "malformed value type 0x\(String(code, radix: 16))", at: at)
        }
    }

    mutating func functionType(
        features: WasmFeatures, limits: ModuleLimits
    ) throws(ModuleError) -> FunctionType {
        let at = position
        let form = try byte()
        switch form {
        case 0x60: break
        case 0x4D...0x50, 0x5D...0x5F: throw ModuleError(.unsupported, "composite types are not implemented", at: at)
        default: throw ModuleError(.malformed, "malformed type form 0x\(String(form, radix: 16))", at: at)
        }
        let parameters = try valueTypes("parameters", max: limits.parametersMax, features: features)
        let results = try valueTypes("results", max: limits.resultsMax, features: features)
        guard results.count <= 1 || features.contains(.multiValue) else {
            throw ModuleError(.unsupported, "multiple results are off", at: at)
        }
        return FunctionType(parameters, results)
    }

    mutating func valueTypes(
        _ what: StaticString, max: Int, features: WasmFeatures
    ) throws(ModuleError) -> [ValueType] {
        let count = try count(what, max: max)
        var types: [ValueType] = []
        types.reserveCapacity(count)
        for _ in 0..<count { types.append(try valueType(features: features)) }
        return types
    }

    /// Flags: bit 0, a maximum follows; bit 1, shared; bit 2, addressed with 64 bits.
    mutating func sizeRange(features: WasmFeatures) throws(ModuleError) -> (size: SizeRange, address: AddressType) {
        let at = position
        let flags = try byte()
        guard flags < 8 else { throw ModuleError(.malformed, "malformed limits flags", at: at) }
        guard flags & 2 == 0 else {
            throw ModuleError(.unsupported, "shared memories are not implemented", at: at)
        }
        guard flags & 4 == 0 || features.contains(.memory64) else {
            throw ModuleError(.unsupported, "64-bit memories and tables are off", at: at)
        }
        let address: AddressType = flags & 4 == 0 ? .i32 : .i64
        let minimum = try size("size", address, features: features)
        let maximum = flags & 1 == 0 ? nil : try size("size", address, features: features)
        return (SizeRange(minimum: minimum, maximum: maximum), address)
    }

    mutating func memoryType(features: WasmFeatures) throws(ModuleError) -> MemoryType {
        let (size, address) = try sizeRange(features: features)
        return MemoryType(size: size, address: address)
    }

    mutating func tableType(features: WasmFeatures) throws(ModuleError) -> TableType {
        let element = try referenceType(features: features)
        let (size, address) = try sizeRange(features: features)
        return TableType(element: element, size: size, address: address)
    }

    /// - Returns: the index of its function type.
    mutating func tagType(features: WasmFeatures) throws(ModuleError) -> UInt32 {
        let at = position
        guard features.contains(.exceptions) else {
            throw ModuleError(.unsupported, "tag: exceptions are off", at: at)
        }
        guard try byte() == 0 else { throw ModuleError(.malformed, "malformed tag attribute", at: at) }
        return try u32()
    }

    mutating func globalType(features: WasmFeatures) throws(ModuleError) -> GlobalType {
        let value = try valueType(features: features)
        let mutability = try byte()
        guard mutability <= 1 else { throw malformed("malformed mutability") }
        return GlobalType(value: value, isMutable: mutability == 1)
    }
}
