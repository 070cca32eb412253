using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Orchestrator.Manager.Images;
using Orchestrator.Model;
using Orchestrator.Protocol.Mapping;
using Orchestrator.Registry;
using Orchestrator.Registry.Replication;
using Orchestrator.Store;
using P = Orchestrator.Protocol.V1;

namespace Orchestrator.Daemon.Clustering;

/// <summary>
/// Moves, once in a cluster's life, the registry's names from the managers' files into the replicated store. The leader
/// does it; until then no manager answers for names.
/// </summary>
internal sealed class RegistryTakeOver(
    ImageRegistry registry, ReplicatedNames replicated, RegistryNames names, IReplicatedLog log, TimeProvider time,
    ILogger logger)
{
    /// <summary>Names in one transaction.</summary>
    private const int Batch = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private string? said;

    /// <summary>Until the store has the names, and the files are gone. The owner awaits it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!replicated.IsReady)
        {
            try
            {
                if (log.Status.IsLeader && await registry.GatherLegacyAsync(cancellationToken).ConfigureAwait(false)
                    is { } legacy)
                    await MoveAsync(legacy, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is UserException or Images.ImageException or IOException)
            {
                // Another one leads, or will soon; what was begun is begun anew and does no harm twice.
                if (said != error.Message)
                    logger.NamesNotMoved(said = error.Message);
            }

            if (!replicated.IsReady)
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        registry.ForgetLegacy();
    }

    /// <summary>The parts in which it goes into the store; with the last one it is done.</summary>
    internal static IEnumerable<P.TakeOverNames> PartsOf(LegacyNames legacy)
    {
        foreach (var repository in legacy.Repositories)
        {
            foreach (var manifests in repository.Manifests.Chunk(Batch))
            {
                yield return new P.TakeOverNames
                {
                    Manifests = { manifests.Select(m => ReplicatedNames.ToStored(repository.Name, m).ToProto()) },
                };
            }

            foreach (var tags in repository.Tags.Chunk(Batch))
            {
                yield return new P.TakeOverNames
                {
                    Tags =
                    {
                        tags.Select(t => new P.RepositoryTag
                        {
                            Repository = repository.Name, Tag = t.Key, Digest = t.Value.Digest!.Value.ToString(),
                        }),
                    },
                };
            }
        }

        var key = legacy.Users?.TokenKey.ToArray() ?? RandomNumberGenerator.GetBytes(32);
        yield return new P.TakeOverNames
        {
            Logins = { (legacy.Users?.Users ?? []).Select(u => ReplicatedNames.ToStored(u).ToProto()) },
            State = new RegistryState { TokenKey = [.. key] }.ToProto(),
        };
    }

    private async Task MoveAsync(LegacyNames legacy, CancellationToken cancellationToken)
    {
        foreach (var part in PartsOf(legacy))
        {
            await names.ChangeAsync(new P.NamesChange { TakeOver = part }, cancellationToken).ConfigureAwait(false);
        }

        logger.NamesMoved(legacy.Repositories.Length, legacy.Repositories.Sum(r => r.Tags.Count));
    }
}
