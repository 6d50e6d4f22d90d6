import { useEffect, useState } from 'react';
import { ChoiceField, TextField } from '../components/field.tsx';
import type { PlanPath } from './plan-values.ts';

interface ValueFieldProps {
  readonly path: PlanPath;
  readonly label: string;
  readonly read: (path: PlanPath) => string;
  readonly edit: (path: PlanPath, value: string | number | null) => void;
  readonly readOnly: boolean;
  readonly className?: string;
  /** What holds when the text does not say. */
  readonly fallback?: string;
  readonly number?: boolean;
  /** An empty field takes the value out of the text. */
  readonly optional?: boolean;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

/** One value of the plan. Typing is local; the text changes when the field is left or confirmed. */
export function ValueField(props: ValueFieldProps) {
  const { path, label, read, edit, readOnly, className = '', fallback = '', choices } = props;
  const value = read(path);
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const commit = (next: string) => {
    const wanted = next.trim();
    if (wanted === value) return;
    if (wanted === '') {
      if (props.optional === true || fallback !== '') edit(path, null);
      else setTyped(value);
    } else if (props.number === true && /^\d+$/.test(wanted)) edit(path, Number(wanted));
    else edit(path, wanted);
  };
  if (choices !== undefined) {
    return (
      <ChoiceField
        className={className}
        label={label}
        value={value === '' ? fallback : value}
        choices={choices}
        disabled={readOnly}
        onChange={(event) => commit(event.target.value)}
      />
    );
  }
  return (
    <TextField
      className={className}
      label={label}
      value={typed}
      placeholder={fallback}
      readOnly={readOnly}
      inputMode={props.number === true ? 'numeric' : 'text'}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => commit(typed)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit(typed);
        else if (event.key === 'Escape') setTyped(value);
      }}
    />
  );
}
