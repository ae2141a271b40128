import LatticeBus
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// Somebody says that a link was put or deleted, and wants to know what became of it.
struct LinkQuestion: Sendable {
    enum Kind: Sendable {
        case put, delete
    }

    let kind: Kind
    let link: LinkDefinition
    let message: BusMessage
    let deadline: ContinuousClock.Instant
}

/// What hosts and tools send to a provider besides calls.
extension ProviderRuntime {
    // MARK: Links

    /// A hint to look at the lattice's records again, and no more: what the message says is not believed.
    func take(
        _ kind: LinkQuestion.Kind, _ message: BusMessage, _ questions: AsyncStream<LinkQuestion>.Continuation
    ) {
        let link: LinkDefinition
        do throws(MessagePackError) { link = try LinkDefinition(messagePack: message.payload) } catch {
            return answer(message, "the message is no link definition: \(error)")
        }
        guard link.provider == place.provider, link.link == place.link else {
            return answer(message, "the message is about another provider or link name")
        }
        guard message.reply != nil else { return recordsChanged() }
        let question = LinkQuestion(
            kind: kind, link: link, message: message, deadline: .now + settings.answerTime)
        guard case .enqueued = questions.yield(question) else {
            return answer(message, "\(settings.questionsMax) questions about links are waiting here already")
        }
    }

    func answer(_ questions: AsyncStream<LinkQuestion>) async {
        await withDiscardingTaskGroup { group in
            for await question in questions { group.addTask { await self.answer(question) } }
        }
    }

    private func answer(_ question: LinkQuestion) async {
        let id = question.link.id
        ledger.withLock { $0.retry(id) }
        adoptRecords()
        recordsChanged()
        let before = link(id)?.link
        while !hasEnded {
            let seen = progress.value
            if let outcome = outcome(of: question, before: before) { return answer(question.message, outcome) }
            if question.deadline <= .now { return answer(question.message, late(question)) }
            await progress.wait(beyond: seen, until: question.deadline)
        }
        answer(question.message, .init(host: place.host, error: "the provider is about to end"))
    }

    /// Nil while it is open.
    /// - Parameter before: what was known when the question came.
    private func outcome(of question: LinkQuestion, before: LinkDefinition?) -> LinkAnswer? {
        let known = link(question.link.id)
        switch question.kind {
        case .put:
            guard let known, known.link == question.link else { return nil }
            switch known.standing {
            case .pending: return nil
            case .applied: return LinkAnswer(host: place.host)
            case .refused(let reason, let refusal):
                return LinkAnswer(host: place.host, error: reason, refusal: refusal?.report(host: place.host))
            }
        case .delete:
            // Put anew meanwhile, it is not the one that was to go.
            if let known, known.link == before { return nil }
            return LinkAnswer(host: place.host)
        }
    }

    private func late(_ question: LinkQuestion) -> LinkAnswer {
        let known = link(question.link.id)
        let reason =
            switch question.kind {
            case .put where known == nil: "the lattice's bucket does not have this link, as far as is known here"
            case .put where known?.link != question.link:
                "the link in the lattice's bucket is another than that of the message, as far as is known here"
            case .put: "the provider has not taken it within \(settings.answerTime)"
            case .delete: "the link is still in the lattice's bucket, as far as is known here, or not given up yet"
            }
        return LinkAnswer(host: place.host, error: reason)
    }

    private func answer(_ message: BusMessage, _ error: String) {
        answer(message, LinkAnswer(host: place.host, error: error))
    }

    private func answer(_ message: BusMessage, _ answer: LinkAnswer) {
        // Who asked hears nothing then, as when we were gone.
        try? surroundings.bus.answer(message, answer.json)
    }

    // MARK: The end

    /// Obeys its own host only. What is refused is not answered, as the classic protocol has it.
    func takeShutdown(_ message: BusMessage) {
        guard message.reply != nil, let request = try? ShutdownRequest(json: message.payload), obeys(request) else {
            return
        }
        try? surroundings.bus.answer(message, ShutdownRequest.reply)
        stop()
    }

    private func obeys(_ request: ShutdownRequest) -> Bool {
        guard request.host == "\(place.host)" else { return false }
        let gatekeeper = surroundings.gatekeeper
        guard let claims = request.claims else { return gatekeeper.basis.settings.control == .classic }
        do throws(ProofError) {
            try ShutdownOrder.verify(
                claims, for: place.provider, place.link, of: place.host, by: gatekeeper.basis, at: gatekeeper.now)
            return true
        } catch { return false }
    }
}
