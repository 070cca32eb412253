using System.Collections.Immutable;
using Orchestrator.Oci.Images;

namespace Orchestrator.Build.Planning;

/// <summary>Arguments that need no ARG to be given, and those that have a value without being given.</summary>
internal static class PredefinedArgs
{
    /// <summary>Clamps every time of the image.</summary>
    public const string SourceDateEpoch = "SOURCE_DATE_EPOCH";

    private static readonly ImmutableHashSet<string> Proxies = ImmutableHashSet.Create(
        StringComparer.Ordinal, "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy",
        "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy");

    /// <summary>Steps see it as a variable, and neither history nor cache does.</summary>
    public static bool IsProxy(string name) => Proxies.Contains(name);

    /// <summary>May be given to any build.</summary>
    public static bool IsKnown(string name) => IsProxy(name) || name == SourceDateEpoch
        || name.StartsWith("BUILDKIT_", StringComparison.Ordinal)
        || name.StartsWith("TARGET", StringComparison.Ordinal) || name.StartsWith("BUILDPLATFORM", StringComparison.Ordinal);

    /// <summary>What FROM sees without an ARG, and a stage after a bare one.</summary>
    public static ImmutableDictionary<string, string?> Platforms(BuildInputs inputs, string targetStage)
    {
        var values = ImmutableDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        Add("TARGET", inputs.Platform ?? inputs.BuildPlatform);
        Add("BUILD", inputs.BuildPlatform);
        values["TARGETSTAGE"] = targetStage.Length > 0 ? targetStage : "default";
        return values.ToImmutable();

        void Add(string prefix, Platform platform)
        {
            values[prefix + "PLATFORM"] = platform.ToString();
            values[prefix + "OS"] = platform.Os;
            values[prefix + "ARCH"] = platform.Architecture;
            values[prefix + "VARIANT"] = platform.Variant ?? "";
        }
    }
}
