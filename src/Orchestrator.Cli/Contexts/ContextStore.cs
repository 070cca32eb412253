using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orchestrator.Cli.Config;
using Orchestrator.Linux.Files;

namespace Orchestrator.Cli.Contexts;

/// <summary>Contexts on disk, in docker's layout: a folder each, named by the digest of the context's name.</summary>
/// <remarks>
/// <code>
/// contexts/meta/DIGEST/meta.json
/// contexts/tls/DIGEST/docker/{ca,cert,key}.pem
/// </code>
/// </remarks>
internal sealed partial class ContextStore(ConfigFolder folder)
{
    private string Root => Path.Combine(folder.Path, "contexts");

    public string MetaFolder(string name) => Path.Combine(Root, "meta", Digest(name));

    public string TlsFolder(string name) => Path.Combine(Root, "tls", Digest(name));

    /// <exception cref="CliException">Not a name a context can have.</exception>
    public static void CheckName(string name)
    {
        if (name.Length == 0) throw new CliException("context name cannot be empty");
        if (name == ContextEntry.DefaultName) throw new CliException($"\"{name}\" is a reserved context name");
        if (!Names().IsMatch(name))
            throw new CliException(
                $"context name \"{name}\" is invalid, names are validated against regexp \"^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$\"");
    }

    public bool Has(string name) => File.Exists(Path.Combine(MetaFolder(name), "meta.json"));

    /// <summary>All but the default one, by name.</summary>
    public IEnumerable<ContextEntry> All()
    {
        var meta = Path.Combine(Root, "meta");
        if (!Directory.Exists(meta)) return [];
        return Directory.EnumerateDirectories(meta).Select(static d => Path.Combine(d, "meta.json")).Where(File.Exists)
            .Select(Read).OrderBy(static c => c.Name, StringComparer.Ordinal);
    }

    /// <exception cref="CliException">There is no such context.</exception>
    public ContextEntry Get(string name) => Has(name)
        ? Read(Path.Combine(MetaFolder(name), "meta.json"))
        : throw new CliException(
            $"context \"{name}\": context not found: see 'orch context ls' for those there are");

    /// <summary>Writes a context, in place of the one that had its name.</summary>
    public void Put(ContextEntry context)
    {
        RemoveTls(context.Name);
        foreach (var (name, content) in context.Tls.Present)
        {
            var endpoint = Path.Combine(TlsFolder(context.Name), "docker");
            Directory.CreateDirectory(endpoint, Owner);
            DurableFile.Replace(Path.Combine(endpoint, name), content);
        }
        Directory.CreateDirectory(MetaFolder(context.Name));
        DurableFile.Replace(Path.Combine(MetaFolder(context.Name), "meta.json"), ToJson(context));
    }

    public void Remove(string name)
    {
        RemoveTls(name);
        Directory.Delete(MetaFolder(name), recursive: true);
    }

    public static byte[] ToJson(ContextEntry context)
    {
        var metadata = (JsonObject)context.Metadata.DeepClone();
        metadata.Remove("Description");
        if (context.Description.Length > 0) metadata["Description"] = context.Description;
        var root = new JsonObject
        {
            ["Name"] = context.Name,
            ["Metadata"] = metadata,
            ["Endpoints"] = new JsonObject
            {
                ["docker"] = new JsonObject { ["Host"] = context.Host, ["SkipTLSVerify"] = context.SkipTlsVerify },
            },
        };
        return Encoding.UTF8.GetBytes(root.ToJsonString());
    }

    /// <exception cref="CliException">Not a context's metadata.</exception>
    public static ContextEntry Parse(byte[] json, TlsFiles tls, string source)
    {
        try
        {
            var root = JsonNode.Parse(json)!.AsObject();
            var metadata = root["Metadata"] as JsonObject ?? [];
            var endpoint = root["Endpoints"]?["docker"] as JsonObject;
            return new ContextEntry($"{root["Name"]}")
            {
                Description = $"{metadata["Description"]}",
                Metadata = (JsonObject)metadata.DeepClone(),
                Host = $"{endpoint?["Host"]}",
                SkipTlsVerify = endpoint?["SkipTLSVerify"]?.GetValue<bool>() ?? false,
                Tls = tls,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException)
        {
            throw new CliException($"{source} does not describe a context: {e.Message}", e);
        }
    }

    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private ContextEntry Read(string path)
    {
        var context = Parse(File.ReadAllBytes(path), TlsFiles.None, path);
        return context with { Tls = TlsFiles.Read(Path.Combine(TlsFolder(context.Name), "docker")) };
    }

    private void RemoveTls(string name)
    {
        if (Directory.Exists(TlsFolder(name))) Directory.Delete(TlsFolder(name), recursive: true);
    }

    private static string Digest(string name) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$")]
    private static partial Regex Names();
}
