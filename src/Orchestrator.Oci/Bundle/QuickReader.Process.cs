using System.Text.Json;

namespace Orchestrator.Oci.Bundle;

/// <content>config.json's process.</content>
internal static partial class QuickReader
{
    private static ProcessSpec Process(ref Utf8JsonReader json)
    {
        var process = new ProcessSpec();
        for (Begin(ref json); Next(ref json);)
        {
            process = Name(ref json) switch
            {
                "terminal" => process with { Terminal = Flag(ref json) },
                "user" => process with { User = User(ref json) },
                "args" => process with { Args = Texts(ref json) },
                "env" => process with { Env = Texts(ref json) },
                "cwd" => process with { Cwd = Text(ref json) },
                "capabilities" => process with { Capabilities = Capabilities(ref json) },
                "rlimits" => process with { Rlimits = Array(ref json, Rlimit) },
                "noNewPrivileges" => process with { NoNewPrivileges = Flag(ref json) },
                "oomScoreAdj" => process with { OomScoreAdj = json.GetInt32() },
                "apparmorProfile" => process with { ApparmorProfile = Text(ref json) },
                "selinuxLabel" => process with { SelinuxLabel = Text(ref json) },
                "consoleSize" or "scheduler" or "ioPriority" or "execCPUAffinity" => throw Unusual(),
                _ => Skip(ref json, process),
            };
        }

        return process;
    }

    private static UserSpec User(ref Utf8JsonReader json)
    {
        var user = new UserSpec();
        for (Begin(ref json); Next(ref json);)
        {
            user = Name(ref json) switch
            {
                "uid" => user with { Uid = Small(ref json) },
                "gid" => user with { Gid = Small(ref json) },
                "additionalGids" => user with { AdditionalGids = Array(ref json, Small) },
                "umask" => user with { Umask = Small(ref json) },
                _ => Skip(ref json, user),
            };
        }

        return user;
    }

    private static CapabilitySets Capabilities(ref Utf8JsonReader json)
    {
        var sets = new CapabilitySets();
        for (Begin(ref json); Next(ref json);)
        {
            sets = Name(ref json) switch
            {
                "bounding" => sets with { Bounding = Texts(ref json) },
                "effective" => sets with { Effective = Texts(ref json) },
                "inheritable" => sets with { Inheritable = Texts(ref json) },
                "permitted" => sets with { Permitted = Texts(ref json) },
                "ambient" => sets with { Ambient = Texts(ref json) },
                _ => Skip(ref json, sets),
            };
        }

        return sets;
    }

    private static RlimitSpec Rlimit(ref Utf8JsonReader json)
    {
        var (type, soft, hard) = ((string?)null, (ulong?)null, (ulong?)null);
        for (Begin(ref json); Next(ref json);)
        {
            switch (Name(ref json))
            {
                case "type":
                    type = Text(ref json);
                    break;
                case "soft":
                    soft = json.GetUInt64();
                    break;
                case "hard":
                    hard = json.GetUInt64();
                    break;
                default:
                    Pass(ref json);
                    break;
            }
        }

        return type is null || soft is null || hard is null
            ? throw Unusual() : new RlimitSpec(type, soft.Value, hard.Value);
    }
}
