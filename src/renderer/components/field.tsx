import type { InputHTMLAttributes, ReactNode, SelectHTMLAttributes } from 'react';
import { useId } from 'react';

interface FieldFrame {
  readonly label: ReactNode;
  readonly help?: ReactNode;
  readonly error?: ReactNode;
  readonly className?: string;
}

function Frame({
  id,
  label,
  help,
  error,
  className = '',
  children,
}: FieldFrame & { id: string; children: ReactNode }) {
  const says = error ?? help;
  return (
    <div className={`lw-field ${error === undefined ? '' : 'is-error'} ${className}`}>
      <label htmlFor={id}>{label}</label>
      {children}
      {says === undefined ? null : (
        <p id={`${id}-says`} className={error === undefined ? 'lw-help' : 'lw-field__error'}>
          {says}
        </p>
      )}
    </div>
  );
}

export type TextFieldProps = FieldFrame & Omit<InputHTMLAttributes<HTMLInputElement>, 'className'>;

export function TextField({ label, help, error, className, ...input }: TextFieldProps) {
  const id = useId();
  const says = error ?? help;
  return (
    <Frame id={id} label={label} help={help} error={error} className={className ?? ''}>
      <input
        id={id}
        type="text"
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={says === undefined ? undefined : `${id}-says`}
        {...input}
      />
    </Frame>
  );
}

type ChoiceFieldProps = FieldFrame &
  Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className'> & {
    readonly choices: readonly { readonly value: string; readonly label: string }[];
  };

export function ChoiceField(props: ChoiceFieldProps) {
  const { label, help, error, className, choices, ...select } = props;
  const id = useId();
  const says = error ?? help;
  return (
    <Frame id={id} label={label} help={help} error={error} className={className ?? ''}>
      <select id={id} aria-describedby={says === undefined ? undefined : `${id}-says`} {...select}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Frame>
  );
}
