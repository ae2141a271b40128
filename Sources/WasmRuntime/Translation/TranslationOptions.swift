/// How a module's code is translated. Results, traps and fuel depend on none of it.
package struct TranslationOptions: Sendable {
    /// Constants of a function that get slots in its frames; the others are moved into place where they are used.
    package var constantSlotsMax = FrameLayout.constantsMax
    /// Whether instructions may be joined. Where not, each stands alone, with all operands in their slots: slow, and the
    /// measure for what the translator does otherwise.
    package var fuses = true

    package init(constantSlotsMax: Int? = nil, fuses: Bool = true) {
        if let constantSlotsMax { self.constantSlotsMax = constantSlotsMax }
        self.fuses = fuses
    }
}
