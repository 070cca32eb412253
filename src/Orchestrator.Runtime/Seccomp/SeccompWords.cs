namespace Orchestrator.Runtime.Seccomp;

/// <summary>The words of config.json's linux.seccomp, and the kernel's numbers for them. Source: linux/seccomp.h.
/// </summary>
internal static class SeccompWords
{
    public const uint KillThread = 0, KillProcess = 0x80000000, Trap = 0x30000, Errno = 0x50000, Notify = 0x7fc00000,
        Trace = 0x7ff00000, Log = 0x7ffc0000, Allow = 0x7fff0000, DataMask = 0xffff;

    public const uint FlagTsync = 1, FlagLog = 2, FlagSpecAllow = 4, FlagNewListener = 8, FlagTsyncEsrch = 16,
        FlagWaitKillable = 32;

    public static readonly string[] Actions =
    [
        "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP", "SCMP_ACT_ERRNO",
        "SCMP_ACT_TRACE", "SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_NOTIFY",
    ];

    public static readonly string[] Operators =
    [
        "SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_EQ", "SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
    ];

    /// <summary>Those that exist on this kind of machine.</summary>
    public static readonly string[] Architectures = ["SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32"];

    /// <summary>Profiles name these too; no call of theirs is ever made here.</summary>
    public static readonly string[] ForeignArchitectures =
    [
        "SCMP_ARCH_ARM", "SCMP_ARCH_AARCH64", "SCMP_ARCH_MIPS", "SCMP_ARCH_MIPS64", "SCMP_ARCH_MIPS64N32",
        "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PPC", "SCMP_ARCH_PPC64",
        "SCMP_ARCH_PPC64LE", "SCMP_ARCH_S390", "SCMP_ARCH_S390X", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64",
        "SCMP_ARCH_RISCV64", "SCMP_ARCH_LOONGARCH64", "SCMP_ARCH_M68K", "SCMP_ARCH_SH", "SCMP_ARCH_SHEB",
    ];

    public static readonly string[] Flags =
    [
        "SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
    ];

    /// <returns>Null: not one of <see cref="Actions"/>.</returns>
    public static uint? Action(string word) => word switch
    {
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => KillThread,
        "SCMP_ACT_KILL_PROCESS" => KillProcess,
        "SCMP_ACT_TRAP" => Trap,
        "SCMP_ACT_ERRNO" => Errno,
        "SCMP_ACT_TRACE" => Trace,
        "SCMP_ACT_ALLOW" => Allow,
        "SCMP_ACT_LOG" => Log,
        "SCMP_ACT_NOTIFY" => Notify,
        _ => null,
    };

    /// <returns>Null: not one of <see cref="Flags"/>.</returns>
    public static uint? Flag(string word) => word switch
    {
        "SECCOMP_FILTER_FLAG_TSYNC" => FlagTsync,
        "SECCOMP_FILTER_FLAG_LOG" => FlagLog,
        "SECCOMP_FILTER_FLAG_SPEC_ALLOW" => FlagSpecAllow,
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" => FlagWaitKillable,
        _ => null,
    };
}
