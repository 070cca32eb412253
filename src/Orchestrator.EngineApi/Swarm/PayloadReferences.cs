using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Model;
using Dto = Orchestrator.Api.Swarm;

namespace Orchestrator.EngineApi.Swarm;

/// <summary>Secrets and configs of a container, between docker's words and the model. Pure.</summary>
internal static class PayloadReferences
{
    public static ImmutableArray<PayloadReference> Read(Dto.ContainerSpec spec) =>
    [
        .. (spec.Secrets ?? []).Select(s => Read(PayloadKind.Secret, s.SecretID, s.SecretName, s.File)),
        .. (spec.Configs ?? []).Select(c => Read(PayloadKind.Config, c.ConfigID, c.ConfigName, c.File)),
    ];

    public static Dto.SecretReference[]? Secrets(ContainerSpec spec) => OrNull(
        spec.Payloads.Where(p => p.Kind == PayloadKind.Secret).Select(p => new Dto.SecretReference
        {
            File = FileOf(p), SecretID = p.Id.Value, SecretName = p.Name,
        }));

    public static Dto.ConfigFileReference[]? Configs(ContainerSpec spec) => OrNull(
        spec.Payloads.Where(p => p.Kind == PayloadKind.Config).Select(p => new Dto.ConfigFileReference
        {
            File = FileOf(p), ConfigID = p.Id.Value, ConfigName = p.Name,
        }));

    private static PayloadReference Read(PayloadKind kind, string? id, string? name, Dto.FileTarget? file)
    {
        if (string.IsNullOrEmpty(id) && string.IsNullOrEmpty(name))
            throw SpecFields.Invalid($"malformed {Noun(kind)} reference.", "Give its name or its id.");
        if (file is null)
            throw SpecFields.Invalid(
                $"invalid {Noun(kind)} reference {name}: it has no file.", "A file is the one form that is known.");
        if (file.Name.Split('/').Contains(".."))
            throw SpecFields.Invalid($"target {file.Name} of {Noun(kind)} {name} leaves its folder.", "Leave out the \"..\".");
        return new(kind, new(id ?? ""), name ?? "", file.Name, Number(file.UID, "uid"), Number(file.GID, "gid"), file.Mode);
    }

    private static uint Number(string? text, string what) => string.IsNullOrEmpty(text) ? 0
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw SpecFields.Invalid($"invalid {what} \"{text}\": it has to be a number.");

    private static Dto.FileTarget FileOf(PayloadReference reference) => new()
    {
        Name = reference.Target, UID = $"{reference.Uid}", GID = $"{reference.Gid}", Mode = reference.Mode,
    };

    private static string Noun(PayloadKind kind) => kind == PayloadKind.Secret ? "secret" : "config";

    private static T[]? OrNull<T>(IEnumerable<T> items) => items.ToArray() is { Length: > 0 } some ? some : null;
}
