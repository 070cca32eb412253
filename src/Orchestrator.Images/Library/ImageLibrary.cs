using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Orchestrator.Images.Content;
using Orchestrator.Images.Layers;
using Orchestrator.Linux.Files;
using Orchestrator.Oci.Images;

namespace Orchestrator.Images.Library;

/// <summary>The list of images, in one file that is replaced whole with every change.</summary>
internal sealed class ImageLibrary : IContentRoots
{
    private readonly object gate = new();
    private readonly string path;
    private readonly ContentStore content;
    private readonly LayerStore layers;
    private readonly ConcurrentDictionary<Digest, ImageConfig> configs = new();
    private LibraryState state = LibraryState.Empty;

    private ImageLibrary(string folder, ContentStore content, LayerStore layers) =>
        (path, this.content, this.layers) = (Path.Combine(folder, "images.json"), content, layers);

    public LibraryState State => Volatile.Read(ref state);

    /// <summary>Images that cannot be used because their configuration is damaged, one line each.</summary>
    public ImmutableArray<string> Warnings { get; private set; } = [];

    public static async Task<ImageLibrary> OpenAsync(
        string folder, ContentStore content, LayerStore layers, CancellationToken cancellationToken)
    {
        Disk.MakePrivate(folder);
        var library = new ImageLibrary(folder, content, layers);
        if (File.Exists(library.path))
            library.state = Read(library.path);
        await library.LoadConfigsAsync(cancellationToken);
        return library;
    }

    public IEnumerable<Descriptor> Roots() => State.Images.Values.Select(e => e.Manifest);

    /// <summary>The chain IDs of the topmost layers of all images.</summary>
    public IEnumerable<Digest> Chains() =>
        State.Images.Keys.Select(ChainsOf).Where(c => c.Count > 0).Select(c => c[^1]);

    /// <summary>The chain IDs of an image that is or was on the list, lowest first.</summary>
    public IReadOnlyList<Digest> ChainsOf(Digest id) => configs[id].RootFs.ChainIds();

    public ImmutableArray<Image> List()
    {
        var current = State;
        var names = current.Names.ToLookup(n => n.Value, n => Reference.Parse(n.Key));
        return [.. current.Images.Values.Select(e => Describe(e, names[e.Id])).OrderByDescending(i => i.Created)];
    }

    public Image? Get(Digest id) =>
        State is var current && current.Images.TryGetValue(id, out var entry)
            ? Describe(entry, current.NamesOf(id)) : null;

    /// <summary>Adds an image, or gives it its newest manifest; its blobs must be under a lease.</summary>
    public Image Add(
        Digest id, Descriptor manifest, ImageConfig config, IEnumerable<Reference> names, DateTimeOffset now)
    {
        configs[id] = config;
        var after = Change(current =>
        {
            var entry = current.Images.GetValueOrDefault(id);
            // The same again, as a build from its cache makes it, is nothing to write down.
            var next = entry is not null && entry.Manifest.Digest == manifest.Digest ? current
                : current.With((entry ?? new LibraryEntry { Id = id, Manifest = manifest }) with { Manifest = manifest });
            return names.Aggregate(next, (s, name) => s.Named(name, id, now));
        });
        return Describe(after.Images[id], after.NamesOf(id));
    }

    /// <summary>Replaces the state by a function of it, durably; the function may refuse by throwing.</summary>
    public LibraryState Change(Func<LibraryState, LibraryState> change)
    {
        lock (gate)
        {
            var next = change(state);
            if (!ReferenceEquals(next, state))
                Write(next);
            Volatile.Write(ref state, next);
            return next;
        }
    }

    private Image Describe(LibraryEntry entry, IEnumerable<Reference> names)
    {
        var config = configs[entry.Id];
        var all = names.OrderBy(n => n.Familiar, StringComparer.Ordinal).ToList();
        return new Image
        {
            Id = entry.Id,
            Manifest = entry.Manifest,
            Config = config,
            Parent = entry.Parent,
            LastTagTime = entry.LastTagTime,
            RepoTags = [.. all.Where(n => n.Digest is null).Select(n => n.Familiar)],
            RepoDigests = [.. all.Where(n => n.Digest is not null).Select(n => n.Familiar)],
            SizeBytes = config.RootFs.ChainIds().Sum(c => layers.Find(c)?.SizeBytes ?? 0),
        };
    }

    private async Task LoadConfigsAsync(CancellationToken cancellationToken)
    {
        foreach (var entry in state.Images.Values)
        {
            try
            {
                configs[entry.Id] = ImageJson.ReadConfig(await content.ReadAsync(entry.Id, cancellationToken));
            }
            catch (Exception error) when (error is ImageException or FormatException)
            {
                Warnings = Warnings.Add($"image {entry.Id.ShortHex} is left out: {error.Message}");
                state = state.Without(entry.Id).Unnamed(state.NamesOf(entry.Id));
            }
        }
    }

    private void Write(LibraryState next)
    {
        var file = new LibraryFile(1, [.. next.Images.Values.OrderBy(e => e.Id)], new(next.Names));
        try
        {
            DurableFile.Replace(path, JsonSerializer.SerializeToUtf8Bytes(file, LibraryJson.Default.LibraryFile));
        }
        catch (Exception error) when (Disk.IsFull(error))
        {
            throw Disk.Full(path, error);
        }
    }

    private static LibraryState Read(string path)
    {
        try
        {
            var file = JsonSerializer.Deserialize(File.ReadAllBytes(path), LibraryJson.Default.LibraryFile)
                ?? throw new JsonException("it is null");
            return LibraryState.Empty with
            {
                Images = file.Images.ToImmutableDictionary(e => e.Id),
                Names = file.Names.ToImmutableDictionary(StringComparer.Ordinal),
            };
        }
        catch (JsonException error)
        {
            throw new ImageException(ImageError.Damaged, $"the list of images, {path}, is damaged ({error.Message}): " +
                "restore it from a backup, or move it away and load or pull the images again", error);
        }
    }
}
