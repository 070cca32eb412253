using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>Programs compiled before, on a file system in memory that a reboot empties; see
/// docs/decisions/012-seccomp.md.</summary>
/// <remarks>A file holds the whole profile and is used only if that is equal, so its name's hash need not be a strong
/// one. It counts only in a directory that is ours alone. Whatever goes wrong here costs a compilation, never a start.
/// <code>
/// "ORSC" · format · flags · bytes of the profile · of the program · checksum of both · profile · program
/// </code></remarks>
internal sealed class SeccompCache(string directory)
{
    private const uint Magic = 0x4353524f;

    /// <summary>Grows whenever the compiler's answers change.</summary>
    private const uint Format = 3;

    private const int HeaderLength = 32;

    /// <summary>A host has a handful of profiles; one that makes up new ones must not fill its memory.</summary>
    private const int MaxFiles = 64;

    private static readonly SeccompCache Shared = new("/run/orch/seccomp");

    /// <exception cref="RuntimeException">The profile is wrong; the message names the field.</exception>
    public static SeccompProgram Compile(SeccompSpec spec) => Shared.Get(spec);

    public SeccompProgram Get(SeccompSpec spec)
    {
        var profile = ProfileKey.Of(spec);
        var file = $"{directory}/{Checksum(profile, []).ToString("x16", CultureInfo.InvariantCulture)}";
        if (TryRead(file, profile) is { } known)
            return known;
        var program = SeccompCompiler.Compile(spec);
        TryWrite(file, profile, program);
        return program;
    }

    private SeccompProgram? TryRead(string file, byte[] profile)
    {
        try
        {
            return IsOurs() && File.Exists(file) ? Decode(File.ReadAllBytes(file), profile) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static SeccompProgram? Decode(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> profile)
    {
        if (bytes.Length < HeaderLength || Word(bytes, 0) != Magic || Word(bytes, 1) != Format
            || Word(bytes, 3) != profile.Length || bytes.Length != HeaderLength + profile.Length + Word(bytes, 4))
            return null;
        var program = bytes[(HeaderLength + profile.Length)..];
        return bytes.Slice(HeaderLength, profile.Length).SequenceEqual(profile)
            && BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) == Checksum(profile, program)
            ? new SeccompProgram(MemoryMarshal.Cast<byte, BpfInstruction>(program).ToArray(), Word(bytes, 2))
            : null;
    }

    private void TryWrite(string file, byte[] profile, SeccompProgram program)
    {
        const UnixFileMode ownersAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            Directory.CreateDirectory(directory, ownersAlone | UnixFileMode.UserExecute);
            if (!IsOurs())
                return;
            var all = Directory.GetFiles(directory);
            foreach (var old in all.Length < MaxFiles ? [] : all)
                File.Delete(old);
            var temporary = $"{file}.{Environment.ProcessId}";
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = ownersAlone,
            }))
                stream.Write(Encode(profile, program));
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full or read-only /run: the next start compiles again.
        }
    }

    private static byte[] Encode(byte[] profile, SeccompProgram program)
    {
        var bytes = new byte[HeaderLength + profile.Length + program.Bytes.Length];
        var words = MemoryMarshal.Cast<byte, uint>(bytes.AsSpan(0, HeaderLength));
        (words[0], words[1], words[2]) = (Magic, Format, program.Flags);
        (words[3], words[4]) = ((uint)profile.Length, (uint)program.Bytes.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(24), Checksum(profile, program.Bytes));
        profile.CopyTo(bytes, HeaderLength);
        program.Bytes.CopyTo(bytes.AsSpan(HeaderLength + profile.Length));
        return bytes;
    }

    /// <summary>Whoever may write there may decide what a container is kept from.</summary>
    private bool IsOurs()
    {
        const uint othersWrite = 0x12;
        if (!Directory.Exists(directory))
            return false;
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(directory)!);
        return parent.TryStat(Path.GetFileName(directory), out var status) && status.Kind == FileKind.Directory
            && status.Uid == ThisProcess.EffectiveUser && (status.Permissions & othersWrite) == 0;
    }

    /// <summary>FNV-1a: enough to find a file, and to see that one was not written to its end.</summary>
    private static ulong Checksum(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        const ulong prime = 0x100000001b3;
        var hash = 0xcbf29ce484222325;
        foreach (var b in first)
            hash = (hash ^ b) * prime;
        foreach (var b in second)
            hash = (hash ^ b) * prime;
        return hash;
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(index * 4)..]);
}
