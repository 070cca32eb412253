using System.Collections.Concurrent;
using Orchestrator.Images.Content;

namespace Orchestrator.Registry.Storage;

/// <summary>Blobs on their way in. In memory and in the store's ingest folder: none outlives the process.</summary>
internal sealed class UploadSessions(RegistryOptions options, ContentStore content, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, Session> sessions = new(StringComparer.Ordinal);

    /// <summary>One upload; one request at a time may work on it.</summary>
    internal sealed class Session(string id, string repository, ContentIngest ingest) : IDisposable
    {
        public string Id { get; } = id;

        public string Repository { get; } = repository;

        public ContentIngest Ingest { get; } = ingest;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public DateTimeOffset LastUsed { get; set; }

        /// <summary>Cancelled when the request that works on it brings nothing any more.</summary>
        public CancellationToken Stalled => stalled.Token;

        /// <summary>Whether there is more than when this was last asked.</summary>
        public bool HasGrown()
        {
            var before = seen;
            return (seen = Ingest.Length) != before;
        }

        /// <summary>Ends the request that works on it, and with that the upload.</summary>
        public void GiveUp()
        {
            lock (stalled)
            {
                if (!disposed)
                    stalled.Cancel();
            }
        }

        /// <returns>False: a request works on it, or it has ended.</returns>
        public bool TryTakeTurn()
        {
            try
            {
                return Turn.Wait(0);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }

        /// <summary>Ends a turn; the upload may have been ended in it.</summary>
        public void Release()
        {
            if (!disposed)
                Turn.Release();
        }

        public void Dispose()
        {
            lock (stalled)
                disposed = true;
            Ingest.Dispose();
            Turn.Dispose();
            stalled.Dispose();
        }

        private readonly CancellationTokenSource stalled = new();
        private long seen;
        private bool disposed;
    }

    public Session Begin(string repository)
    {
        Expire();
        if (sessions.Count >= options.MaxUploads || CountOf(repository) >= options.MaxUploadsOfOne)
            throw new RegistryError(429, "TOOMANYREQUESTS", $"{sessions.Count} uploads are under way: try again later");
        var session = new Session(
            Guid.NewGuid().ToString("n"), repository, content.BeginIngest()) { LastUsed = time.GetUtcNow() };
        sessions[session.Id] = session;
        return session;
    }

    public Session Find(string repository, string id)
    {
        if (!sessions.TryGetValue(id, out var session) || session.Repository != repository)
            throw RegistryError.UploadUnknown(id);
        session.LastUsed = time.GetUtcNow();
        return session;
    }

    /// <summary>How many uploads to a repository are under way.</summary>
    public int CountOf(string repository) => sessions.Values.Count(s => s.Repository == repository);

    public void End(Session session)
    {
        if (sessions.TryRemove(session.Id, out _))
            session.Dispose();
    }

    public void Expire()
    {
        var now = time.GetUtcNow();
        foreach (var session in sessions.Values)
        {
            if (session.HasGrown())
                session.LastUsed = now;
            else if (session.LastUsed >= now - options.UploadIdle)
                continue;
            else if (session.TryTakeTurn())
                End(session);
            else
                session.GiveUp(); // Its client's host may be gone: no end of the connection ever comes then.
        }
    }

    public void Dispose()
    {
        foreach (var session in sessions.Values)
            End(session);
    }
}
