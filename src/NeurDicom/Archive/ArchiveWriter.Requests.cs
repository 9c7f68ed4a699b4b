using Microsoft.Data.Sqlite;
using NeurDicom.Index;

namespace NeurDicom.Archive;

internal sealed partial class ArchiveWriter
{
    private abstract class Request
    {
        /// <summary>How much it adds to the segment.</summary>
        public virtual long Bytes => 0;

        /// <summary>The batch is committed.</summary>
        public abstract void Succeed();

        public abstract void Fail(Exception e, bool isOutOfSpace);
    }

    private abstract class Request<T> : Request
    {
        // Asynchronously, so that no client's code runs on the writer's thread.
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Answer => _answer.Task;

        protected void SetAnswer(T answer) => _answer.TrySetResult(answer);

        public override void Fail(Exception e, bool isOutOfSpace) => _answer.TrySetException(e);
    }

    /// <summary>Wakes the writer for what it put off.</summary>
    private sealed class Nudge : Request
    {
        public static readonly Nudge Instance = new();

        public override void Succeed()
        {
        }

        public override void Fail(Exception e, bool isOutOfSpace)
        {
        }
    }

    private abstract class RowsRequest : Request
    {
        public abstract void Write(SqliteConnection connection, SqliteTransaction transaction);
    }

    private sealed class RowsRequest<T>(Func<SqliteConnection, SqliteTransaction, T> write) : RowsRequest
    {
        private const string Savepoint = "rows";

        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;
        private T? _result;

        public Task<T> Answer => _answer.Task;

        public override void Write(SqliteConnection connection, SqliteTransaction transaction)
        {
            _failure = null;
            transaction.Save(Savepoint);
            try
            {
                _result = write(connection, transaction);
            }
            catch (Exception e)
            {
                _failure = e;
                transaction.Rollback(Savepoint);
            }

            transaction.Release(Savepoint);
        }

        public override void Succeed()
        {
            if (_failure is null)
                _answer.TrySetResult(_result!);
            else
                _answer.TrySetException(_failure);
        }

        public override void Fail(Exception e, bool isOutOfSpace) => _answer.TrySetException(e);
    }

    private sealed class DeleteRequest(Level level, long id, Sender sender) : Request<DeleteResult>
    {
        public Level Level { get; } = level;

        public long Id { get; } = id;

        public Sender Sender { get; } = sender;

        public List<VersionPlace> Gone { get; } = [];

        public DeleteResult Result { get; set; } = DeleteResult.Nothing;

        public override void Succeed() => SetAnswer(Result);
    }

    private sealed class StoreRequest(Arrival arrival, Sender sender) : Request<StoreResult>
    {
        public Arrival Arrival { get; } = arrival;

        public Sender Sender { get; } = sender;

        public StorePlan Plan { get; set; } = new();

        public override long Bytes => Arrival.Bytes.Length + Arrival.Metadata.Compressed.Length;

        public override void Succeed()
        {
            if (Arrival.Large is { } large && Plan.Place is not null)
                large.IsAdopted = true;
            SetAnswer(new StoreResult(
                Plan.Outcome, Plan.Id, Arrival.Attributes.SopInstanceUid, Plan.Reason,
                [.. Arrival.Warnings, .. Plan.Warnings]));
        }

        public override void Fail(Exception e, bool isOutOfSpace)
        {
            if (!isOutOfSpace)
            {
                base.Fail(e, isOutOfSpace);
                return;
            }

            SetAnswer(new StoreResult(
                StoreOutcome.OutOfSpace, null, Arrival.Attributes.SopInstanceUid, "The disk is full.",
                Arrival.Warnings));
        }
    }
}
