using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>config.json's linux.seccomp, read and found sound: words are numbers here, but names still names.</summary>
internal sealed record SeccompPolicy
{
    private const string Field = "linux.seccomp";
    private const uint Eperm = 1;

    public required uint DefaultAction { get; init; }

    public required IReadOnlyList<Rule> Rules { get; init; }

    public required bool WithI386 { get; init; }

    public required bool WithX32 { get; init; }

    /// <summary>For seccomp(2).</summary>
    public required uint Flags { get; init; }

    /// <summary>Some call is answered by a listener.</summary>
    public required bool Notifies { get; init; }

    /// <param name="Conditions">All must hold; none: always.</param>
    internal sealed record Rule(string[] Names, uint Action, IReadOnlyList<SyscallArgument> Conditions);

    /// <exception cref="RuntimeException">A field is wrong; the message begins with its name.</exception>
    public static SeccompPolicy Read(SeccompSpec spec)
    {
        var action = Action(
            spec.DefaultAction, spec.DefaultErrnoRet, $"{Field}.defaultAction", $"{Field}.defaultErrnoRet");
        if (action == SeccompWords.Notify)
            throw new RuntimeException(
                $"{Field}.defaultAction: SCMP_ACT_NOTIFY cannot be for every call: the start itself would wait for the "
                + "listener; name the calls in syscalls");
        var rules = new List<Rule>();
        for (var i = 0; i < (spec.Syscalls?.Length ?? 0); i++)
            rules.AddRange(RulesOf(spec.Syscalls![i], $"{Field}.syscalls[{i}]"));
        var notifies = rules.Exists(r => r.Action == SeccompWords.Notify);
        if (notifies && string.IsNullOrEmpty(spec.ListenerPath))
            throw new RuntimeException($"{Field}.listenerPath: SCMP_ACT_NOTIFY needs the socket of who shall answer");
        if (spec.ListenerMetadata is { Length: > 0 } && string.IsNullOrEmpty(spec.ListenerPath))
            throw new RuntimeException($"{Field}.listenerMetadata: is for a listener; set listenerPath, or drop it");
        Architectures(spec, out var withI386, out var withX32);
        return new SeccompPolicy
        {
            DefaultAction = action,
            Rules = rules,
            WithI386 = withI386,
            WithX32 = withX32,
            Flags = FlagsOf(spec, notifies),
            Notifies = notifies,
        };
    }

    private static IEnumerable<Rule> RulesOf(SyscallRule? rule, string field)
    {
        if (rule is null)
            throw new RuntimeException($"{field}: is null");
        if (rule.Names is not { Length: > 0 } names || names.Any(string.IsNullOrEmpty))
            throw new RuntimeException($"{field}.names: must name system calls");
        var action = Action(rule.Action, rule.ErrnoRet, $"{field}.action", $"{field}.errnoRet");
        if (action == SeccompWords.Notify && names.Contains("write"))
            throw new RuntimeException(
                $"{field}.names: write cannot have SCMP_ACT_NOTIFY: it is how the listener is handed over");
        var arguments = rule.Args ?? [];
        for (var i = 0; i < arguments.Length; i++)
            Check(arguments[i], $"{field}.args[{i}]");
        // As runc: where two conditions are on one argument, one is enough.
        return arguments.Length == arguments.DistinctBy(a => a.Index).Count()
            ? [new Rule(names, action, arguments)]
            : arguments.Select(argument => new Rule(names, action, [argument]));
    }

    private static void Check(SyscallArgument? argument, string field)
    {
        const uint last = 5;
        if (argument is null)
            throw new RuntimeException($"{field}: is null");
        if (argument.Index > last)
            throw new RuntimeException($"{field}.index: {argument.Index} is no argument; they are 0 to {last}");
        if (!SeccompWords.Operators.Contains(argument.Op))
            throw Unknown($"{field}.op", argument.Op, SeccompWords.Operators);
    }

    private static uint Action(string? word, uint? errno, string field, string errnoField)
    {
        var action = SeccompWords.Action(word ?? "") ?? throw Unknown(field, word, SeccompWords.Actions);
        if (action is not (SeccompWords.Errno or SeccompWords.Trace))
            return errno is null ? action
                : throw new RuntimeException($"{errnoField}: {word} has no number; drop it, or use SCMP_ACT_ERRNO");
        return (errno ?? Eperm) <= SeccompWords.DataMask ? action | (errno ?? Eperm)
            : throw new RuntimeException($"{errnoField}: {errno} is more than {SeccompWords.DataMask}");
    }

    private static void Architectures(SeccompSpec spec, out bool withI386, out bool withX32)
    {
        (withI386, withX32) = (false, false);
        for (var i = 0; i < (spec.Architectures?.Length ?? 0); i++)
        {
            var name = spec.Architectures![i];
            withI386 |= name == "SCMP_ARCH_X86";
            withX32 |= name == "SCMP_ARCH_X32";
            if (!SeccompWords.Architectures.Contains(name) && name != "SCMP_ARCH_NATIVE"
                && !SeccompWords.ForeignArchitectures.Contains(name))
                throw Unknown($"{Field}.architectures[{i}]", name, SeccompWords.Architectures);
        }
    }

    /// <summary>Nothing said about flags is SPEC_ALLOW, as with runc: mitigations that slow everything down are asked
    /// for by an empty list.</summary>
    private static uint FlagsOf(SeccompSpec spec, bool notifies)
    {
        if (spec.Flags is not { } words)
            return SeccompWords.FlagSpecAllow | (notifies ? SeccompWords.FlagNewListener : 0);
        var flags = 0u;
        for (var i = 0; i < words.Length; i++)
            flags |= Flag(words[i], notifies, $"{Field}.flags[{i}]");
        if (!notifies)
            return flags;
        // With a listener, TSYNC has to report a thread it failed on in another way.
        var sync = (flags & SeccompWords.FlagTsync) != 0 ? SeccompWords.FlagTsyncEsrch : 0;
        return flags | SeccompWords.FlagNewListener | sync;
    }

    private static uint Flag(string? word, bool notifies, string field)
    {
        var flag = SeccompWords.Flag(word ?? "") ?? throw Unknown(field, word, SeccompWords.Flags);
        return notifies || flag != SeccompWords.FlagWaitKillable ? flag
            : throw new RuntimeException($"{field}: {word} is about a listener; no rule has SCMP_ACT_NOTIFY");
    }

    private static RuntimeException Unknown(string field, string? word, string[] words) =>
        new($"{field}: \"{word}\" is none of {string.Join(", ", words)}");
}
