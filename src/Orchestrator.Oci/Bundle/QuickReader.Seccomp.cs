using System.Text.Json;

namespace Orchestrator.Oci.Bundle;

/// <content>config.json's linux.seccomp.</content>
internal static partial class QuickReader
{
    private static SeccompSpec Seccomp(ref Utf8JsonReader json)
    {
        var seccomp = new SeccompSpec { DefaultAction = null! }; // Required: checked below.
        for (Begin(ref json); Next(ref json);)
        {
            seccomp = Name(ref json) switch
            {
                "defaultAction" => seccomp with { DefaultAction = Text(ref json) },
                "defaultErrnoRet" => seccomp with { DefaultErrnoRet = Small(ref json) },
                "architectures" => seccomp with { Architectures = Texts(ref json) },
                "flags" => seccomp with { Flags = Texts(ref json) },
                "syscalls" => seccomp with { Syscalls = Array(ref json, Syscall) },
                "listenerPath" or "listenerMetadata" => throw Unusual(),
                _ => Skip(ref json, seccomp),
            };
        }

        return seccomp.DefaultAction is null ? throw Unusual() : seccomp;
    }

    private static SyscallRule Syscall(ref Utf8JsonReader json)
    {
        var rule = new SyscallRule { Names = null!, Action = null! }; // Required: checked below.
        for (Begin(ref json); Next(ref json);)
        {
            rule = Name(ref json) switch
            {
                "names" => rule with { Names = Texts(ref json) },
                "action" => rule with { Action = Text(ref json) },
                "errnoRet" => rule with { ErrnoRet = Small(ref json) },
                "args" => rule with { Args = Array(ref json, Argument) },
                _ => Skip(ref json, rule),
            };
        }

        return rule.Names is null || rule.Action is null ? throw Unusual() : rule;
    }

    private static SyscallArgument Argument(ref Utf8JsonReader json)
    {
        var (index, value, op, valueTwo) = ((uint?)null, (ulong?)null, (string?)null, 0ul);
        for (Begin(ref json); Next(ref json);)
        {
            switch (Name(ref json))
            {
                case "index":
                    index = Small(ref json);
                    break;
                case "value":
                    value = json.GetUInt64();
                    break;
                case "valueTwo":
                    valueTwo = json.GetUInt64();
                    break;
                case "op":
                    op = Text(ref json);
                    break;
                default:
                    Pass(ref json);
                    break;
            }
        }

        return index is null || value is null || op is null
            ? throw Unusual() : new SyscallArgument(index.Value, value.Value, op, valueTwo);
    }
}
