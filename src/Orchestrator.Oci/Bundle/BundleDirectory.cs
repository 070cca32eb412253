using System.Text.Json;

namespace Orchestrator.Oci.Bundle;

/// <summary>A bundle on disk: a directory with a config.json.</summary>
public static class BundleDirectory
{
    public const string ConfigFile = "config.json";

    /// <exception cref="FileNotFoundException">There is no config.json in <paramref name="bundle"/>.</exception>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static RuntimeSpec Read(string bundle)
    {
        var path = Path.Combine(bundle, ConfigFile);
        if (!File.Exists(path))
            throw new FileNotFoundException(
                $"no {ConfigFile} in bundle {bundle}; make one with: orch-runtime spec", path);
        var bytes = ReadStart(path);
        if (QuickReader.TryRead(bytes, out var spec))
            return spec;
        try
        {
            return ConfigReader.Read(bytes, BundleJson.Default.RuntimeSpec);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Writes config.json; the directory must be there.</summary>
    public static void Write(string bundle, RuntimeSpec spec) =>
        File.WriteAllBytes(
            Path.Combine(bundle, ConfigFile), JsonSerializer.SerializeToUtf8Bytes(
                spec, BundleJson.Default.RuntimeSpec));

    /// <summary>One byte more than is allowed tells that it is too long.</summary>
    private static byte[] ReadStart(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[Math.Min(file.Length, ConfigReader.LargestBytes + 1)];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
