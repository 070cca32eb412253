using System.Text.Json;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Oci.Seccomp;

/// <summary>Docker's form of a seccomp profile: rules may depend on the container's capabilities, the architecture and
/// the kernel. A profile in the form of config.json is one, too.</summary>
public sealed record SeccompProfile
{
    public string? DefaultAction { get; init; }

    public uint? DefaultErrnoRet { get; init; }

    /// <summary>Either this or <see cref="ArchMap"/>.</summary>
    public string[]? Architectures { get; init; }

    /// <summary>For each architecture, which others its kernel also runs.</summary>
    public ProfileArchitecture[]? ArchMap { get; init; }

    public string[]? Flags { get; init; }

    public string? ListenerPath { get; init; }

    public string? ListenerMetadata { get; init; }

    public ProfileRule[]? Syscalls { get; init; }

    /// <summary>What every container gets that asks for nothing else: docker's default, but for one rule. Source:
    /// moby/profiles, seccomp/default.json, read for facts.</summary>
    /// <remarks>Docker allows a socket of any family above 40 (vsock). The kernel takes 32 bits of the family where the
    /// filter compares 64, so that 2³² + 40 is above 40 there, and vsock here: the families are named instead.</remarks>
    public static SeccompProfile Default => BuiltIn.Value;

    private static readonly Lazy<SeccompProfile> BuiltIn = new(ReadBuiltIn);

    /// <exception cref="InvalidDataException">Not JSON, or not of this form; the message says where.</exception>
    public static SeccompProfile Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, SeccompJson.Default.SeccompProfile)
                ?? throw new InvalidDataException("Decoding seccomp profile failed: it is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"Decoding seccomp profile failed: {e.Message}", e);
        }
    }

    private static SeccompProfile ReadBuiltIn()
    {
        using var resource = typeof(SeccompProfile).Assembly.GetManifestResourceStream("seccomp-default.json")!;
        return JsonSerializer.Deserialize(resource, SeccompJson.Default.SeccompProfile)!;
    }
}

public sealed record ProfileArchitecture(string Architecture, string[]? SubArchitectures = null);

public sealed record ProfileRule
{
    /// <summary>The older form of <see cref="Names"/>.</summary>
    public string? Name { get; init; }

    public string[]? Names { get; init; }

    public string? Action { get; init; }

    public uint? ErrnoRet { get; init; }

    public SyscallArgument[]? Args { get; init; }

    /// <summary>Why the rule is there.</summary>
    public string? Comment { get; init; }

    /// <summary>The rule counts where all of this is so.</summary>
    public ProfileFilter? Includes { get; init; }

    /// <summary>The rule counts where none of this is so.</summary>
    public ProfileFilter? Excludes { get; init; }
}

public sealed record ProfileFilter
{
    public string[]? Caps { get; init; }

    /// <summary>As <c>amd64</c>.</summary>
    public string[]? Arches { get; init; }

    /// <summary>As <c>4.8</c>.</summary>
    public string? MinKernel { get; init; }
}
