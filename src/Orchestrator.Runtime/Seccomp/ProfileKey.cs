using System.Text;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>All of a profile that its program depends on, as bytes: equal for equal profiles, and for no others.
/// </summary>
/// <remarks>Not JSON: to get a serializer ready takes longer than all else a cached profile costs.</remarks>
internal static class ProfileKey
{
    public static byte[] Of(SeccompSpec spec)
    {
        using var stream = new MemoryStream(16 * 1024);
        using (var writer = new BinaryWriter(stream, Encoding.UTF8))
        {
            Write(writer, spec.DefaultAction);
            Write(writer, spec.DefaultErrnoRet);
            Write(writer, spec.Architectures);
            Write(writer, spec.Flags);
            Write(writer, spec.ListenerPath);
            Write(writer, spec.ListenerMetadata);
            writer.Write(spec.Syscalls?.Length ?? -1);
            foreach (var rule in spec.Syscalls ?? [])
                Write(writer, rule);
        }

        return stream.ToArray();
    }

    private static void Write(BinaryWriter writer, SyscallRule rule)
    {
        Write(writer, rule.Names);
        Write(writer, rule.Action);
        Write(writer, rule.ErrnoRet);
        writer.Write(rule.Args?.Length ?? -1);
        foreach (var argument in rule.Args ?? [])
        {
            writer.Write(argument.Index);
            writer.Write(argument.Value);
            Write(writer, argument.Op);
            writer.Write(argument.ValueTwo);
        }
    }

    private static void Write(BinaryWriter writer, string[]? texts)
    {
        writer.Write(texts?.Length ?? -1);
        foreach (var text in texts ?? [])
            Write(writer, text);
    }

    /// <summary>With its length in front, so that two in a row are never taken for two others.</summary>
    private static void Write(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        writer.Write(text ?? "");
    }

    private static void Write(BinaryWriter writer, uint? number)
    {
        writer.Write(number.HasValue);
        writer.Write(number ?? 0);
    }
}
