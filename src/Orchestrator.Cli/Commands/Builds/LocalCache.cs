using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Cli.Commands.Containers;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands.Builds;

/// <summary>Caches of builds in folders of this host, each an OCI layout of images whose history says their steps.</summary>
/// <remarks>The daemon has the images for as long as the build runs, under names that nobody else has.</remarks>
/// <param name="platform">Of the build; empty: the daemon's.</param>
internal sealed class LocalCache(Session session, string platform) : IDisposable
{
    private const string Index = "index.json", Layout = "oci-layout", Blobs = "blobs", LoadedId = "Loaded image ID: ";

    /// <summary>On an index that is a cache, and so may be replaced by another.</summary>
    private const string Mark = "org.orchestrator.buildcache";

    private readonly string _own = $"orch-cache-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
    private readonly List<string> _lent = [];
    private string? _stages;

    /// <summary>Has the daemon keep the images of stages until this is disposed.</summary>
    /// <returns>The repository that it is to tag them in, with their numbers.</returns>
    public string AskForStages() => _stages = $"{_own}-stages";

    /// <summary>Brings what is in a folder to the daemon. A cache that cannot be had is no reason to fail.</summary>
    /// <returns>The names that the daemon knows the images by.</returns>
    public List<string> Load(string folder)
    {
        var names = new List<string>();
        try
        {
            foreach (var id in Send(folder))
            {
                var tag = $"{_lent.Count}";
                session.Client.Post($"/images/{id}/tag{new Query().Add("repo", _own).Add("tag", tag)}");
                _lent.Add($"{_own}:{tag}");
                names.Add(_lent[^1]);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CliException or DaemonException)
        {
            session.Error.WriteLine($"[Warning] cannot use {folder} as a cache: {e.Message}");
        }
        return names;
    }

    /// <summary>Leaves an image, and the stages that were tagged for it, in a folder.</summary>
    /// <exception cref="CliException">It cannot be written.</exception>
    public void Save(CacheSpec target, string image)
    {
        try
        {
            Directory.CreateDirectory(target.Folder);
            var before = Path.Combine(target.Folder, Index);
            if (File.Exists(before) && Parse(File.ReadAllBytes(before))["annotations"]?[Mark] is null)
                throw new CliException($"{before} is not a cache's: name another folder");
            var query = new Query().Add("names", image);
            if (target.AllStages)
            {
                foreach (var name in StageNames()) query.Add("names", name);
            }
            using var archive = session.Client.Send("GET", $"/images/get{query}");
            Unpack(archive.Body, target.Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CliException or DaemonException)
        {
            var message = $"cannot write the cache to {target.Folder}: {e.Message}";
            if (!target.MayFail) throw new CliException(message, e);
            session.Error.WriteLine($"[Warning] {message}");
        }
    }

    /// <summary>Takes the names away, and with them what only this build was to have.</summary>
    public void Dispose()
    {
        try
        {
            foreach (var name in StageNames().Concat(_lent)) session.Client.Delete($"/images/{name}");
        }
        catch (Exception e) when (e is CliException or DaemonException)
        {
            // The daemon is gone, or somebody else took them away.
        }
    }

    private string[] Send(string folder)
    {
        var index = Unnamed(File.ReadAllBytes(Path.Combine(folder, Index)));
        var query = new Query().Add("quiet", true).Add("platform", platform);
        using var response = session.Client.Upload("POST", $"/images/load{query}", "application/x-tar", body =>
        {
            using var tar = new TarWriter(body, TarEntryFormat.Pax, leaveOpen: true);
            LocalTree.Pack(tar, new FileInfo(Path.Combine(folder, Blobs)), Blobs);
            foreach (var (name, content) in new[] { (Index, index), (Layout, """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray()) })
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        });
        using var said = new StringWriter();
        ProgressStream.Show(session, response.Body, said);
        return said.ToString().Split('\n').Where(line => line.StartsWith(LoadedId, StringComparison.Ordinal))
            .Select(line => line[LoadedId.Length..].Trim()).ToArray();
    }

    /// <summary>The index last, and whole: until it is there, what was there before counts.</summary>
    private static void Unpack(Stream archive, string folder)
    {
        var (kept, made) = (new HashSet<string>(StringComparer.Ordinal), new List<string>());
        var partial = Path.Combine(folder, $".{Index}.{Environment.ProcessId}");
        try
        {
            LocalTree.Unpack(archive, folder, name => Place(folder, name, kept, made));
            foreach (var name in made) File.Move(Path.Combine(folder, Partial(name)), Path.Combine(folder, name));
            File.WriteAllBytes(partial, Unnamed(File.ReadAllBytes(partial)));
            File.Move(partial, Path.Combine(folder, Index), overwrite: true);
        }
        catch
        {
            foreach (var name in made.Select(Partial).Append(partial)) File.Delete(Path.Combine(folder, name));
            throw;
        }
        foreach (var blob in Directory.GetFiles(Path.Combine(folder, Blobs), "*", SearchOption.AllDirectories))
            if (!kept.Contains(Path.GetRelativePath(folder, blob))) File.Delete(blob); // Of a build before this one.
    }

    /// <returns>Where an entry of the archive goes; null: nowhere, or it is there.</returns>
    private static string? Place(string folder, string name, HashSet<string> kept, List<string> made)
    {
        if (name == Index) return $".{Index}.{Environment.ProcessId}";
        if (name is Layout or Blobs) return name;
        if (!name.StartsWith($"{Blobs}/", StringComparison.Ordinal)) return null;
        if (name.AsSpan().Count('/') == 1) return name; // The folder of an algorithm.
        kept.Add(name);
        if (File.Exists(Path.Combine(folder, name))) return null;
        made.Add(name);
        return Partial(name);
    }

    /// <summary>A blob's name says what is in it, so it gets it when it is whole.</summary>
    private static string Partial(string name) => $"{name}.{Environment.ProcessId}.partial";

    /// <summary>Names in it would be given to what is loaded, here or by another.</summary>
    private static byte[] Unnamed(byte[] index)
    {
        var json = Parse(index);
        foreach (var manifest in json["manifests"] as JsonArray ?? []) (manifest as JsonObject)?.Remove("annotations");
        json["annotations"] = new JsonObject { [Mark] = "1" };
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    private static JsonObject Parse(byte[] index)
    {
        try
        {
            return JsonNode.Parse(index) as JsonObject ?? [];
        }
        catch (JsonException e)
        {
            throw new CliException($"its {Index} is damaged: {e.Message}", e);
        }
    }

    private List<string> StageNames() => _stages is null ? [] :
    [
        .. session.Client.Get(
            $"/images/json{new Query().Add(Filters.Empty.Add("reference", _stages))}", ApiJson.Wire.ImageSummaryArray)
            .SelectMany(static image => image.RepoTags ?? [])
            .Where(name => name.StartsWith($"{_stages}:", StringComparison.Ordinal)),
    ];
}
